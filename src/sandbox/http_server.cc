#include "sandbox/http_server.hh"

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <ctime>
#include <map>
#include <mutex>
#include <thread>
#include <unordered_map>

#include "base/log.hh"
#include "sandbox/http_session.hh"

namespace taut::sandbox {
namespace {

constexpr uint64_t kListener = 0, kWakeup = 1;  // epoll's names for what is not a session

// Sessions whose streams have more to say. Shared with the wakers, which other threads call.
class Wakeups {
 public:
  Wakeups() : event_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {}
  ~Wakeups() { ::close(event_); }
  int event() const { return event_; }

  void add(uint64_t id) {
    std::lock_guard lock(mutex_);
    ids_.push_back(id);
    if (std::exchange(asleep_, false)) ring();
  }
  void ring() {
    uint64_t one = 1;
    (void)!::write(event_, &one, sizeof one);
  }
  // Before the server waits: false when there is something to do.
  bool fall_asleep() {
    std::lock_guard lock(mutex_);
    return asleep_ = ids_.empty();
  }
  void heard() {
    uint64_t ignored;
    (void)!::read(event_, &ignored, sizeof ignored);
  }
  std::vector<uint64_t> take() {
    std::lock_guard lock(mutex_);
    asleep_ = false;
    return std::exchange(ids_, {});
  }

 private:
  std::mutex mutex_;
  std::vector<uint64_t> ids_;
  bool asleep_ = false;
  int event_;
};

class Server : public HttpServer, public SessionHost {
 public:
  Server(const HttpOptions& options, Handler handler)
      : options_(options), handler_(std::move(handler)), wakeups_(std::make_shared<Wakeups>()),
        epoll_(::epoll_create1(EPOLL_CLOEXEC)) {}
  ~Server() override {
    stop();
    if (listener_ >= 0) ::close(listener_);
    ::close(epoll_);
  }

  Status open() {
    if (options_.tls != nullptr) {
      TAUT_ASSIGN(tls_, make_tls_context(*options_.tls));
    }
    TAUT_TRY(listen());
    watch_descriptor(listener_, kListener);
    watch_descriptor(wakeups_->event(), kWakeup);
    thread_ = std::thread([this] { run(); });
    return {};
  }

  uint16_t port() const override { return port_; }

  void stop() override {
    stopping_ = true;
    wakeups_->ring();
    if (thread_.joinable()) thread_.join();
  }

  const HttpOptions& options() const override { return options_; }
  Response handle(const Request& request) override { return handler_(request); }
  const std::string& date() const override { return date_; }

  void call_at(uint64_t id, Steady::time_point when) override { timers_.emplace(when, id); }

  std::function<void()> waker(uint64_t id, std::shared_ptr<std::atomic<bool>> pending) override {
    return [wakeups = wakeups_, pending = std::move(pending), id] {
      if (!pending->exchange(true)) wakeups->add(id);
    };
  }

  void wait_for(uint64_t id, int socket, bool readable, bool writable) override {
    Connection& connection = sessions_.at(id);
    uint32_t events = (readable ? EPOLLIN : 0u) | (writable ? EPOLLOUT : 0u);
    if (connection.known && connection.events == events) return;
    epoll_event event{.events = events, .data = {.u64 = id}};
    ::epoll_ctl(epoll_, connection.known ? EPOLL_CTL_MOD : EPOLL_CTL_ADD, socket, &event);
    connection.known = true;
    connection.events = events;
  }

 private:
  struct Connection {
    std::unique_ptr<Session> session;
    bool known = false;
    uint32_t events = 0;
  };

  Status listen() {
    bool six = options_.address.find(':') != std::string::npos;
    sockaddr_storage storage{};
    socklen_t size = six ? sizeof(sockaddr_in6) : sizeof(sockaddr_in);
    auto* four = reinterpret_cast<sockaddr_in*>(&storage);
    auto* long_form = reinterpret_cast<sockaddr_in6*>(&storage);
    storage.ss_family = six ? AF_INET6 : AF_INET;
    void* where = six ? static_cast<void*>(&long_form->sin6_addr) : &four->sin_addr;
    if (::inet_pton(storage.ss_family, options_.address.c_str(), where) != 1)
      return fail(Code::kInvalid, "{} is not an IP address", options_.address);
    (six ? long_form->sin6_port : four->sin_port) = htons(options_.port);
    auto* address = reinterpret_cast<sockaddr*>(&storage);
    int on = 1;
    listener_ = ::socket(storage.ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (listener_ < 0 || ::setsockopt(listener_, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) != 0 ||
        ::bind(listener_, address, size) != 0 || ::listen(listener_, 1024) != 0)
      return fail(Code::kUnavailable, "cannot listen on {}:{}: {}", options_.address, options_.port, std::strerror(errno));
    ::getsockname(listener_, address, &size);
    port_ = ntohs(six ? long_form->sin6_port : four->sin_port);
    return {};
  }

  void watch_descriptor(int descriptor, uint64_t name) {
    epoll_event event{.events = EPOLLIN, .data = {.u64 = name}};
    ::epoll_ctl(epoll_, EPOLL_CTL_ADD, descriptor, &event);
  }

  void run() {
    // A client that goes away while it is written to is an error of that write only.
    sigset_t pipe;
    sigemptyset(&pipe);
    sigaddset(&pipe, SIGPIPE);
    ::pthread_sigmask(SIG_BLOCK, &pipe, nullptr);
    std::vector<epoll_event> events(256);
    tick();
    while (!stopping_) {
      int count = ::epoll_wait(epoll_, events.data(), static_cast<int>(events.size()), patience());
      for (int i = 0; i < count; ++i) on_event(events[static_cast<size_t>(i)]);
      serve_timers();
      if (Steady::now() >= next_round_) serve_streams();
      if (Steady::now() >= next_tick_) tick();
    }
    sessions_.clear();
  }

  // How long to wait for events, in milliseconds.
  int patience() {
    auto now = Steady::now(), until = next_tick_;
    if (!timers_.empty()) until = std::min(until, timers_.begin()->first);
    if (!wakeups_->fall_asleep()) until = std::min(until, next_round_);
    auto wait = std::chrono::ceil<std::chrono::milliseconds>(until - now).count();
    return static_cast<int>(std::max<int64_t>(wait, 0));
  }

  void on_event(const epoll_event& event) {
    if (event.data.u64 == kListener) return accept();
    if (event.data.u64 == kWakeup) return wakeups_->heard();
    bool gone = (event.events & (EPOLLERR | EPOLLHUP)) != 0;
    with(event.data.u64, [&](Session& s) { s.on_ready(gone || (event.events & EPOLLIN) != 0, gone || (event.events & EPOLLOUT) != 0); });
  }

  template <class Do>
  void with(uint64_t id, Do act) {
    auto found = sessions_.find(id);
    if (found == sessions_.end()) return;
    act(*found->second.session);
    if (found->second.session->over()) sessions_.erase(found);
  }

  void accept() {
    for (int i = 0; i < 64; ++i) {
      int socket = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK);
      if (socket < 0) {
        // No descriptors left: let those that are there end first.
        if (errno == EMFILE || errno == ENFILE) pause_accepting();
        return;
      }
      if (sessions_.size() >= options_.max_connections) {
        ::close(socket);
        continue;
      }
      int on = 1;
      ::setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
      uint64_t id = ++last_id_;
      sessions_[id].session = std::make_unique<Session>(*this, id, socket, tls_.get());
      with(id, [](Session& s) { s.on_ready(false, false); });
    }
  }

  void pause_accepting() {
    log::warn("the sandbox has no file descriptors left: new connections wait");
    ::epoll_ctl(epoll_, EPOLL_CTL_DEL, listener_, nullptr);
    accepting_ = false;
  }

  void serve_timers() {
    auto now = Steady::now();
    while (!timers_.empty() && timers_.begin()->first <= now) {
      uint64_t id = timers_.begin()->second;
      timers_.erase(timers_.begin());
      with(id, [now](Session& s) { s.on_timer(now); });
    }
  }

  // All streams that have more take their turn together. A round is followed by as much time for other things, so that
  // under load watches cost no more than half of the thread, and changes that come fast are sent together.
  void serve_streams() {
    auto ids = wakeups_->take();
    if (ids.empty()) return;
    auto start = Steady::now();
    for (uint64_t id : ids) with(id, [](Session& s) { s.on_wake(); });
    auto end = Steady::now();
    next_round_ = end + (end - start);
  }

  // About once a second: who has waited too long is cut off.
  void tick() {
    auto now = Steady::now();
    next_tick_ = now + std::chrono::seconds(1);
    std::time_t time = std::time(nullptr);
    std::tm parts;
    ::gmtime_r(&time, &parts);
    char text[64];
    std::strftime(text, sizeof text, "Date: %a, %d %b %Y %H:%M:%S GMT\r\n", &parts);
    date_ = text;
    std::erase_if(sessions_, [now](const auto& entry) { return entry.second.session->deadline() <= now; });
    if (!std::exchange(accepting_, true)) watch_descriptor(listener_, kListener);
  }

  HttpOptions options_;
  Handler handler_;
  std::shared_ptr<Wakeups> wakeups_;
  int epoll_, listener_ = -1;
  uint16_t port_ = 0;
  TlsContext tls_;
  std::atomic<bool> stopping_ = false;
  // What follows is the thread's own.
  std::unordered_map<uint64_t, Connection> sessions_;
  std::multimap<Steady::time_point, uint64_t> timers_;
  uint64_t last_id_ = 15;
  bool accepting_ = true;
  std::string date_;
  Steady::time_point next_round_{}, next_tick_{};
  std::thread thread_;
};

}  // namespace

Result<std::unique_ptr<HttpServer>> start_http_server(const HttpOptions& options, Handler handler) {
  auto server = std::make_unique<Server>(options, std::move(handler));
  TAUT_TRY(server->open());
  return server;
}

}  // namespace taut::sandbox
