// The I/O thread: a curl multi handle, the exchanges on it, and those that wait for their turn. Sockets are watched
// by epoll, so a hundred streams on one connection cost no more to wait for than one.
#pragma once

#include <deque>
#include <future>
#include <mutex>
#include <thread>
#include <unordered_map>
#include <vector>

#include "io/net/transfer.hh"

namespace taut::net {

class HttpLoop {
 public:
  HttpLoop();
  ~HttpLoop();  // ends what is under way with kCancelled

  // Any thread. Each returns at once.
  void submit(std::shared_ptr<Transfer> transfer);
  void resume(std::shared_ptr<Transfer> transfer);
  // Finishes a transfer that was dropped.
  void abort(std::shared_ptr<Transfer> transfer);
  // Drops and finishes all transfers of a client; the future is set when none is left.
  std::future<void> close(std::shared_ptr<ClientState> client);
  bool on_thread() const { return std::this_thread::get_id() == thread_.get_id(); }

 private:
  struct Command {
    enum class Kind { kSubmit, kResume, kAbort, kClose } kind;
    std::shared_ptr<Transfer> transfer;
    std::shared_ptr<ClientState> client;
    std::promise<void> done;
  };

  using Clock = std::chrono::steady_clock;
  static int on_socket(void* easy, int socket, int what, void* self, void* known);
  static int on_timer(void* multi, long milliseconds, void* self);

  void wake();
  void post(Command command);
  void run();
  bool take_commands(std::vector<Command>& out);
  void wait_and_act();
  void obey(Command& command);
  void start_waiting();
  void start(std::shared_ptr<Transfer> transfer);
  void collect_finished();
  void end(const std::shared_ptr<Transfer>& transfer, Result<HttpResponse> result);
  void drop_all(const ClientState* client);
  void* take_handle();

  void* multi_;
  int epoll_ = -1;
  int wake_ = -1;  // an eventfd that ends a wait
  std::mutex mutex_;
  std::vector<Command> commands_;
  bool stopping_ = false;

  // Of the thread.
  std::deque<std::shared_ptr<Transfer>> waiting_;
  std::unordered_map<void*, std::shared_ptr<Transfer>> running_;
  std::vector<void*> spare_;
  std::optional<Clock::time_point> timer_;  // when curl wants to be called without an event
  std::thread thread_;
};

}  // namespace taut::net
