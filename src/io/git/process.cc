#include "io/git/process.hh"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstring>
#include <thread>

namespace taut::git {

namespace {

using Clock = std::chrono::steady_clock;

constexpr size_t kErrorKept = 64 << 10;

// Both ends of a pipe, closed on exec and on destruction.
struct Pipe {
  int ends[2] = {-1, -1};
  ~Pipe() {
    close_end(0);
    close_end(1);
  }
  bool open() { return ::pipe2(ends, O_CLOEXEC) == 0; }
  void close_end(int end) {
    if (ends[end] >= 0) ::close(ends[end]);
    ends[end] = -1;
  }
};

struct SpawnActions {
  posix_spawn_file_actions_t files;
  posix_spawnattr_t attributes;
  SpawnActions() {
    posix_spawn_file_actions_init(&files);
    posix_spawnattr_init(&attributes);
  }
  ~SpawnActions() {
    posix_spawn_file_actions_destroy(&files);
    posix_spawnattr_destroy(&attributes);
  }
};

std::vector<char*> pointers(const std::vector<std::string>& texts) {
  std::vector<char*> out;
  for (const std::string& text : texts) out.push_back(const_cast<char*>(text.c_str()));
  out.push_back(nullptr);
  return out;
}

// Starts the program in a process group of its own, so that its children can be ended with it.
Result<pid_t> spawn(const ProcessRequest& request, Pipe& out, Pipe& err) {
  SpawnActions actions;
  posix_spawn_file_actions_addopen(&actions.files, 0, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_adddup2(&actions.files, out.ends[1], 1);
  posix_spawn_file_actions_adddup2(&actions.files, err.ends[1], 2);
  if (!request.folder.empty()) posix_spawn_file_actions_addchdir_np(&actions.files, request.folder.c_str());
  posix_spawn_file_actions_addclosefrom_np(&actions.files, 3);
  sigset_t none, defaults;
  sigemptyset(&none);
  sigemptyset(&defaults);
  sigaddset(&defaults, SIGPIPE);
  sigaddset(&defaults, SIGINT);
  posix_spawnattr_setsigmask(&actions.attributes, &none);
  posix_spawnattr_setsigdefault(&actions.attributes, &defaults);
  posix_spawnattr_setpgroup(&actions.attributes, 0);
  posix_spawnattr_setflags(&actions.attributes,
                           POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
  auto arguments = pointers(request.arguments);
  auto environment = pointers(request.environment);
  pid_t pid = 0;
  int error =
      posix_spawnp(&pid, arguments[0], &actions.files, &actions.attributes, arguments.data(), environment.data());
  if (error == ENOENT) return fail(Code::kNotFound, "the program {} is not installed", request.arguments[0]);
  if (error != 0)
    return fail(Code::kUnavailable, "cannot start {}: {}", request.arguments[0], std::strerror(error));
  return pid;
}

// Reads what is there; false at the end.
bool drain(int fd, std::string& into) {
  char block[65536];
  ssize_t got = ::read(fd, block, sizeof block);
  if (got < 0) return errno == EINTR || errno == EAGAIN;
  if (got == 0) return false;
  into.append(block, static_cast<size_t>(got));
  return true;
}

// Reads both streams until they end; the error if time is up, cancelled, or too much came.
Status collect(const ProcessRequest& request, Pipe& out, Pipe& err, Clock::time_point deadline,
               ProcessResult& result) {
  while (out.ends[0] >= 0 || err.ends[0] >= 0) {
    auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - Clock::now()).count();
    if (left <= 0) {
      return fail(Code::kTimeout, "`{} {}` timed out after {}", request.arguments[0],
                  request.arguments.size() > 1 ? request.arguments[1] : "", format_go_duration(request.timeout));
    }
    if (request.cancel && request.cancel->requested()) return fail(Code::kCancelled, "cancelled");
    pollfd streams[2] = {{out.ends[0], POLLIN, 0}, {err.ends[0], POLLIN, 0}};
    if (request.cancel) left = std::min<long>(left, 100);
    ::poll(streams, 2, static_cast<int>(std::min<long>(left, 60'000)));
    if (streams[0].revents != 0 && !drain(out.ends[0], result.out)) out.close_end(0);
    if (streams[1].revents != 0 && !drain(err.ends[0], result.err)) err.close_end(0);
    if (result.out.size() > request.output_limit) {
      return fail(Code::kLimit, "`{}` wrote more than {} MiB", request.arguments[0], request.output_limit >> 20);
    }
    if (result.err.size() > 2 * kErrorKept) result.err.erase(0, result.err.size() - kErrorKept);
  }
  return {};
}

// Waits for the end until the deadline; nothing if it goes on.
std::optional<int> wait_until(pid_t pid, Clock::time_point deadline) {
  for (auto pause = std::chrono::microseconds(200);;) {
    int status = 0;
    pid_t ended = ::waitpid(pid, &status, WNOHANG);
    if (ended == pid) return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    if (ended < 0 && errno != EINTR) return 127;
    if (Clock::now() >= deadline) return std::nullopt;
    std::this_thread::sleep_for(pause);
    pause = std::min(pause * 2, std::chrono::microseconds(10'000));
  }
}

void end_group(pid_t pid) {
  ::kill(-pid, SIGTERM);
  auto ended = wait_until(pid, Clock::now() + std::chrono::milliseconds(500));
  ::kill(-pid, SIGKILL);
  if (!ended) wait_until(pid, Clock::now() + std::chrono::seconds(5));
}

}  // namespace

Result<ProcessResult> run_process(const ProcessRequest& request) {
  Pipe out, err;
  if (!out.open() || !err.open()) return fail(Code::kUnavailable, "cannot open a pipe: {}", std::strerror(errno));
  auto deadline = Clock::now() + request.timeout;
  TAUT_ASSIGN(pid_t pid, spawn(request, out, err));
  out.close_end(1);
  err.close_end(1);
  ProcessResult result;
  Status collected = collect(request, out, err, deadline, result);
  std::optional<int> code;
  if (collected) code = wait_until(pid, deadline);
  if (!code) {
    end_group(pid);
    if (!collected) return Failure(collected.error());
    return fail(Code::kTimeout, "`{}` timed out after {}", request.arguments[0],
                format_go_duration(request.timeout));
  }
  result.code = *code;
  return result;
}

}  // namespace taut::git
