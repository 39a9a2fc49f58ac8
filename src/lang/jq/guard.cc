#include "lang/jq/guard.hh"

#include <csetjmp>
#include <csignal>
#include <mutex>

namespace taut::jq {
namespace {

thread_local sigjmp_buf* way_back = nullptr;
struct sigaction before;

// Runs on the thread that called abort(). What is not of libjq goes on to end the process.
void aborted(int signal, siginfo_t* info, void* context) {
  if (way_back != nullptr) siglongjmp(*way_back, 1);
  if ((before.sa_flags & SA_SIGINFO) != 0) return before.sa_sigaction(signal, info, context);
  if (before.sa_handler != SIG_DFL && before.sa_handler != SIG_IGN) before.sa_handler(signal);
}

void take_signal() {
  static std::once_flag once;
  std::call_once(once, [] {
    struct sigaction own = {};
    own.sa_sigaction = aborted;
    own.sa_flags = SA_SIGINFO | SA_NODEFER;
    sigaction(SIGABRT, &own, &before);
  });
}

}  // namespace

bool comes_back(void (*call)(void*), void* argument) {
  take_signal();
  sigjmp_buf place;
  if (sigsetjmp(place, 1) != 0) {
    way_back = nullptr;
    return false;
  }
  way_back = &place;
  call(argument);
  way_back = nullptr;
  return true;
}

}  // namespace taut::jq
