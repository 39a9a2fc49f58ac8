#include "io/net/http_loop.hh"

#include <curl/curl.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>

namespace taut::net {
namespace {

constexpr long kMaxStreams = 1000;  // of ours on one connection; the server's own limit is lower
constexpr int kLongestWait = 60'000;
constexpr size_t kSpareHandles = 16;
constexpr int kEventsAtOnce = 64;

void init_curl_once() {
  static const CURLcode code = curl_global_init(CURL_GLOBAL_DEFAULT);
  (void)code;
}

// OpenSSL writes to sockets without MSG_NOSIGNAL; a peer that has gone must not end the process.
void block_sigpipe() {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGPIPE);
  pthread_sigmask(SIG_BLOCK, &set, nullptr);
}

}  // namespace

HttpLoop::HttpLoop() : epoll_(epoll_create1(EPOLL_CLOEXEC)), wake_(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
  init_curl_once();
  epoll_event event{};
  event.events = EPOLLIN;
  event.data.fd = wake_;
  epoll_ctl(epoll_, EPOLL_CTL_ADD, wake_, &event);
  multi_ = curl_multi_init();
  curl_multi_setopt(multi_, CURLMOPT_PIPELINING, CURLPIPE_MULTIPLEX);
  curl_multi_setopt(multi_, CURLMOPT_MAX_CONCURRENT_STREAMS, kMaxStreams);
  curl_multi_setopt(multi_, CURLMOPT_SOCKETFUNCTION, &HttpLoop::on_socket);
  curl_multi_setopt(multi_, CURLMOPT_SOCKETDATA, this);
  curl_multi_setopt(multi_, CURLMOPT_TIMERFUNCTION, &HttpLoop::on_timer);
  curl_multi_setopt(multi_, CURLMOPT_TIMERDATA, this);
  thread_ = std::thread([this] { run(); });
}

HttpLoop::~HttpLoop() {
  {
    std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake();
  thread_.join();
  for (void* easy : spare_) curl_easy_cleanup(easy);
  curl_multi_cleanup(multi_);
  ::close(wake_);
  ::close(epoll_);
}

void HttpLoop::wake() {
  uint64_t one = 1;
  [[maybe_unused]] ssize_t written = write(wake_, &one, sizeof one);
}

int HttpLoop::on_socket(void*, int socket, int what, void* data, void* known) {
  auto* self = static_cast<HttpLoop*>(data);
  if (what == CURL_POLL_REMOVE) {
    epoll_ctl(self->epoll_, EPOLL_CTL_DEL, socket, nullptr);
    return 0;
  }
  epoll_event event{};
  event.events = (what & CURL_POLL_IN ? EPOLLIN : 0u) | (what & CURL_POLL_OUT ? EPOLLOUT : 0u);
  event.data.fd = socket;
  epoll_ctl(self->epoll_, known ? EPOLL_CTL_MOD : EPOLL_CTL_ADD, socket, &event);
  curl_multi_assign(self->multi_, socket, self);
  return 0;
}

int HttpLoop::on_timer(void*, long milliseconds, void* data) {
  auto* self = static_cast<HttpLoop*>(data);
  self->timer_.reset();
  if (milliseconds >= 0) self->timer_ = Clock::now() + Milliseconds(milliseconds);
  return 0;
}

void HttpLoop::post(Command command) {
  {
    std::lock_guard lock(mutex_);
    commands_.push_back(std::move(command));
    if (commands_.size() > 1) return;  // the thread has been woken already
  }
  wake();
}

void HttpLoop::submit(std::shared_ptr<Transfer> transfer) {
  post({Command::Kind::kSubmit, std::move(transfer), nullptr, {}});
}

void HttpLoop::resume(std::shared_ptr<Transfer> transfer) {
  post({Command::Kind::kResume, std::move(transfer), nullptr, {}});
}

void HttpLoop::abort(std::shared_ptr<Transfer> transfer) {
  post({Command::Kind::kAbort, std::move(transfer), nullptr, {}});
}

std::future<void> HttpLoop::close(std::shared_ptr<ClientState> client) {
  Command command{Command::Kind::kClose, nullptr, std::move(client), {}};
  auto done = command.done.get_future();
  post(std::move(command));
  return done;
}

bool HttpLoop::take_commands(std::vector<Command>& out) {
  std::lock_guard lock(mutex_);
  out.swap(commands_);
  return !stopping_;
}

void HttpLoop::run() {
  block_sigpipe();
  std::vector<Command> commands;
  while (take_commands(commands)) {
    for (auto& command : commands) obey(command);
    commands.clear();
    start_waiting();
    wait_and_act();
    collect_finished();
  }
  drop_all(nullptr);
}

// Waits for a socket, curl's timer or a command, and lets curl work on what is ready.
void HttpLoop::wait_and_act() {
  int timeout = kLongestWait;
  if (timer_) {
    auto left = std::chrono::ceil<Milliseconds>(*timer_ - Clock::now()).count();
    timeout = static_cast<int>(std::clamp<long>(left, 0, kLongestWait));
  }
  epoll_event ready[kEventsAtOnce];
  int count = epoll_wait(epoll_, ready, kEventsAtOnce, timeout);
  int running = 0;
  for (int i = 0; i < count; ++i) {
    if (ready[i].data.fd == wake_) {
      uint64_t wakes;
      [[maybe_unused]] ssize_t got = read(wake_, &wakes, sizeof wakes);
      continue;
    }
    int what = (ready[i].events & EPOLLIN ? CURL_CSELECT_IN : 0) |
               (ready[i].events & EPOLLOUT ? CURL_CSELECT_OUT : 0) |
               (ready[i].events & (EPOLLERR | EPOLLHUP) ? CURL_CSELECT_ERR : 0);
    curl_multi_socket_action(multi_, ready[i].data.fd, what, &running);
  }
  if (timer_ && *timer_ <= Clock::now()) {
    timer_.reset();
    curl_multi_socket_action(multi_, CURL_SOCKET_TIMEOUT, 0, &running);
  }
}

void HttpLoop::obey(Command& command) {
  switch (command.kind) {
    case Command::Kind::kSubmit: waiting_.push_back(std::move(command.transfer)); break;
    case Command::Kind::kResume:
      if (running_.contains(command.transfer->easy())) curl_easy_pause(command.transfer->easy(), CURLPAUSE_CONT);
      break;
    case Command::Kind::kAbort:
      command.transfer->drop();
      std::erase(waiting_, command.transfer);
      end(command.transfer, fail(Code::kCancelled, "context canceled"));
      break;
    case Command::Kind::kClose:
      drop_all(command.client.get());
      command.done.set_value();
      break;
  }
}

// Streams start at once, requests while their client has room for them.
void HttpLoop::start_waiting() {
  for (size_t i = 0; i < waiting_.size();) {
    auto transfer = waiting_[i];
    ClientState& client = transfer->client();
    if (!transfer->streaming() && client.active >= client.options.max_requests) {
      ++i;
      continue;
    }
    waiting_.erase(waiting_.begin() + static_cast<long>(i));
    start(std::move(transfer));
  }
}

void HttpLoop::start(std::shared_ptr<Transfer> transfer) {
  if (transfer->dropped()) return end(transfer, fail(Code::kCancelled, "context canceled"));
  void* easy = take_handle();
  if (auto ready = transfer->prepare(easy); !ready) {
    spare_.push_back(transfer->detach());
    return transfer->finish(fail(std::move(ready).error()));
  }
  if (!transfer->streaming()) ++transfer->client().active;
  running_.emplace(easy, std::move(transfer));
  curl_multi_add_handle(multi_, easy);
}

void HttpLoop::collect_finished() {
  int left = 0;
  while (CURLMsg* message = curl_multi_info_read(multi_, &left)) {
    if (message->msg != CURLMSG_DONE) continue;
    auto found = running_.find(message->easy_handle);
    if (found == running_.end()) continue;
    auto transfer = found->second;
    int code = message->data.result;
    end(transfer, transfer->verdict(code));
  }
}

// Takes a transfer off the multi handle, if it is there, and tells whoever waits.
void HttpLoop::end(const std::shared_ptr<Transfer>& transfer, Result<HttpResponse> result) {
  if (void* easy = transfer->easy(); easy != nullptr && running_.contains(easy)) {
    std::shared_ptr<Transfer> keep = transfer;
    curl_multi_remove_handle(multi_, easy);
    running_.erase(easy);
    if (!keep->streaming()) --keep->client().active;
    keep->detach();
    if (spare_.size() < kSpareHandles) {
      spare_.push_back(easy);
    } else {
      curl_easy_cleanup(easy);
    }
    return keep->finish(std::move(result));
  }
  transfer->finish(std::move(result));
}

void HttpLoop::drop_all(const ClientState* client) {
  std::vector<std::shared_ptr<Transfer>> mine;
  auto wanted = [&](const std::shared_ptr<Transfer>& transfer) { return !client || &transfer->client() == client; };
  for (const auto& transfer : waiting_)
    if (wanted(transfer)) mine.push_back(transfer);
  for (const auto& [easy, transfer] : running_)
    if (wanted(transfer)) mine.push_back(transfer);
  std::erase_if(waiting_, wanted);
  for (const auto& transfer : mine) {
    transfer->drop();
    end(transfer, fail(Code::kCancelled, "context canceled"));
  }
}

void* HttpLoop::take_handle() {
  if (spare_.empty()) return curl_easy_init();
  void* easy = spare_.back();
  spare_.pop_back();
  curl_easy_reset(easy);
  return easy;
}

}  // namespace taut::net
