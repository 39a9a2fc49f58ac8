#include "io/kube/kube_watch.hh"

#include <condition_variable>
#include <cstring>
#include <mutex>
#include <thread>

#include "base/log.hh"
#include "io/kube/cluster.hh"
#include "io/kube/informer.hh"
#include "io/kube/status.hh"

namespace taut::kube {
namespace {

using Clock = std::chrono::steady_clock;
using net::Milliseconds;

constexpr size_t kMostWaiting = 4 << 20;  // bytes received and not yet handled; then the stream is held back
constexpr Milliseconds kShortLived{1'000};
constexpr int kWatchSeconds = 300;  // the server ends a watch after this and up to as much again

// The work of one watch. Bytes come in on the I/O thread; all else happens in `run`, on one worker at a time.
class WatchCore : public std::enable_shared_from_this<WatchCore> {
 public:
  WatchCore(KubeCluster& cluster, const Gvk& gvk, ListOptions options, Cluster::WatchHandler handler)
      : cluster_(cluster),
        gvk_(gvk),
        options_(std::move(options)),
        handler_(std::move(handler)),
        informer_(gvk),
        backoff_(cluster.options().watch_first_retry, cluster.options().watch_longest_retry) {}

  void start() { schedule(Milliseconds(0)); }

  // Ends it; returns when no handler runs any more, unless called by the handler.
  void stop() {
    cancel_.request();
    std::unique_lock lock(mutex_);
    stopped_ = true;
    if (running_ && runner_ == std::this_thread::get_id()) return;
    idle_.wait(lock, [&] { return !running_; });
    lock.unlock();
    stream_.reset();
  }

 private:
  enum class Phase { kList, kOpen, kStream };

  void schedule(Milliseconds delay) {
    cluster_.workers().post_after(delay, [self = shared_from_this()] { self->run(); });
  }

  // Something came in: have it looked at, by the runner if there is one. The lock is held.
  void wake() {
    if (stopped_ || again_) return;
    again_ = true;
    if (!running_) schedule(Milliseconds(0));
  }

  void run() {
    {
      std::lock_guard lock(mutex_);
      if (stopped_) return;
      if (running_) {  // its own next step, scheduled just now
        again_ = true;
        return;
      }
      running_ = true;
      runner_ = std::this_thread::get_id();
      again_ = false;
    }
    switch (phase_) {
      case Phase::kList: list(); break;
      case Phase::kOpen: open(); break;
      case Phase::kStream: drain(); break;
    }
    bool stopped;
    {
      std::lock_guard lock(mutex_);
      stopped = stopped_;
    }
    if (stopped) stream_.reset();
    std::lock_guard lock(mutex_);
    running_ = false;
    if (again_ && !stopped_) schedule(Milliseconds(0));
    idle_.notify_all();
  }

  bool deliver(WatchEvent event) {
    {
      std::lock_guard lock(mutex_);
      if (stopped_) return false;
    }
    handler_(std::move(event));
    return true;
  }

  void list() {
    listed_ = Clock::now();
    auto found = cluster_.list(gvk_, options_, cancel_);
    if (!found) return failed(std::move(found).error(), Phase::kList);
    informer_.set_resource_version(std::move(found->resource_version));
    outage_ = false;
    for (auto& event : informer_.relist(std::move(found->items)))
      if (!deliver(std::move(event))) return;
    open();
  }

  void open() {
    auto path = cluster_.collection_path(gvk_, options_.ns);
    if (!path) return failed(std::move(path).error(), Phase::kList);
    long seconds = kWatchSeconds + Backoff::random_up_to(kWatchSeconds);
    ApiRequest request{.path = *path + query_of({{"watch", "true"},
                                                 {"allowWatchBookmarks", "true"},
                                                 {"resourceVersion", informer_.resource_version()},
                                                 {"timeoutSeconds", std::to_string(seconds)},
                                                 {"labelSelector", options_.label_selector},
                                                 {"fieldSelector", options_.field_selector}})};
    rest_.clear();
    {
      std::lock_guard lock(mutex_);
      inbox_.clear();
      opened_ = held_back_ = false;
      ended_.reset();
    }
    phase_ = Phase::kStream;
    opened_at_ = Clock::now();
    stream_.reset();
    auto stream = cluster_.transport().stream(request, handler());
    if (!stream) return failed(std::move(stream).error(), Phase::kOpen);
    stream_ = std::move(*stream);
  }

  net::StreamHandler handler() {
    std::weak_ptr<WatchCore> weak = weak_from_this();
    net::StreamHandler out;
    out.on_open = [weak] {
      if (auto self = weak.lock()) {
        std::lock_guard lock(self->mutex_);
        self->opened_ = true;
        self->wake();
      }
    };
    out.on_chunk = [weak](std::string_view piece) {
      auto self = weak.lock();
      return !self || self->receive(piece);
    };
    out.on_end = [weak](Result<net::HttpResponse> answer) {
      if (auto self = weak.lock()) {
        std::lock_guard lock(self->mutex_);
        self->ended_ = std::move(answer);
        self->wake();
      }
    };
    return out;
  }

  bool receive(std::string_view piece) {
    std::lock_guard lock(mutex_);
    if (inbox_.size() > kMostWaiting) {
      held_back_ = true;
      return false;
    }
    inbox_ += piece;
    wake();
    return true;
  }

  // Handles what has come in on the stream.
  void drain() {
    bool opened, held_back;
    std::optional<Result<net::HttpResponse>> ended;
    {
      std::lock_guard lock(mutex_);
      if (rest_.empty()) {
        rest_.swap(inbox_);
      } else {
        rest_ += inbox_;
        inbox_.clear();
      }
      opened = opened_;
      held_back = std::exchange(held_back_, false);
      if (!held_back) ended.swap(ended_);
    }
    if (held_back) stream_->resume();
    if (opened && std::exchange(outage_, false) && !deliver({WatchEvent::Type::kSynced, {}, std::nullopt})) return;
    if (!lines()) return;
    if (ended) finished(std::move(*ended), opened);
  }

  // Handles the complete lines of `rest_`. False when the stream is not to be read any further.
  bool lines() {
    size_t at = 0;
    for (;;) {
      const void* end = std::memchr(rest_.data() + at, '\n', rest_.size() - at);
      if (end == nullptr) break;
      size_t length = static_cast<size_t>(static_cast<const char*>(end) - rest_.data()) - at;
      std::string_view text = std::string_view(rest_).substr(at, length);
      at += length + 1;
      if (text.empty()) continue;
      auto step = informer_.line(text);
      if (step.error) {
        close_stream();
        server_ended(std::move(*step.error));
        return false;
      }
      if (step.event && !deliver(std::move(*step.event))) return false;
    }
    rest_.erase(0, at);
    if (rest_.empty() && rest_.capacity() > kMostWaiting / 4) rest_ = {};
    return true;
  }

  bool short_lived() const { return Clock::now() - opened_at_ < kShortLived; }

  void close_stream() {
    stream_.reset();
    if (!short_lived()) backoff_.reset();
    std::lock_guard lock(mutex_);
    again_ = false;  // whatever it still said does not matter
  }

  void finished(Result<net::HttpResponse> answer, bool opened) {
    close_stream();
    if (answer && answer->status / 100 != 2) return server_ended(answer_error(*answer));
    if (!answer && !opened) return failed(std::move(answer).error(), Phase::kOpen);
    // It was up, and ended by the server's clock or with its connection: go on from the last version.
    if (!answer) log::debug("watch of {} broke off: {}", gvk_.to_string(), answer.error().message());
    phase_ = Phase::kOpen;
    schedule(short_lived() ? backoff_.next() : Milliseconds(0));
  }

  // The server refused to go on. Versions that it no longer holds are no failure; a list makes up for them.
  void server_ended(Error error) {
    if (error.code() != Code::kGone) return failed(std::move(error), Phase::kList);
    phase_ = Phase::kList;
    schedule(Clock::now() - listed_ < kShortLived ? backoff_.next() : Milliseconds(0));
  }

  void failed(Error error, Phase next) {
    if (error.code() == Code::kCancelled) return;
    phase_ = next;
    Milliseconds wait = backoff_.next();
    if (error.code() == Code::kNotFound) {
      cluster_.forget_discovery();
      phase_ = Phase::kList;
      wait = std::min(wait, cluster_.options().unknown_kind_retry);
    }
    if (!std::exchange(outage_, true) && !deliver({WatchEvent::Type::kFailed, {}, std::move(error)})) return;
    schedule(wait);
  }

  KubeCluster& cluster_;
  const Gvk gvk_;
  const ListOptions options_;
  const Cluster::WatchHandler handler_;
  const Cancel cancel_;

  // Of the runner.
  Phase phase_ = Phase::kList;
  Informer informer_;
  Backoff backoff_;
  bool outage_ = false;  // kFailed was said and not yet taken back
  Clock::time_point opened_at_{}, listed_{};
  std::string rest_;  // received and not yet handled, from the start of a line
  std::unique_ptr<net::HttpStream> stream_;

  std::mutex mutex_;
  std::condition_variable idle_;
  std::string inbox_;
  std::optional<Result<net::HttpResponse>> ended_;
  bool opened_ = false, held_back_ = false;
  bool stopped_ = false, running_ = false, again_ = false;
  std::thread::id runner_;
};

class KubeWatch : public Watch {
 public:
  explicit KubeWatch(std::shared_ptr<WatchCore> core) : core_(std::move(core)) {}
  ~KubeWatch() override { core_->stop(); }

 private:
  std::shared_ptr<WatchCore> core_;
};

}  // namespace

std::unique_ptr<Watch> start_watch(KubeCluster& cluster, const Gvk& gvk, const ListOptions& options,
                                   Cluster::WatchHandler handler) {
  auto core = std::make_shared<WatchCore>(cluster, gvk, options, std::move(handler));
  auto out = std::make_unique<KubeWatch>(core);
  core->start();
  return out;
}

}  // namespace taut::kube
