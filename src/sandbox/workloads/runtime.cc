#include "sandbox/workloads/runtime.hh"

#include "base/log.hh"
#include "sandbox/workloads/objects.hh"

namespace taut::sandbox::workloads {
namespace {

constexpr int kMaxBackoff = 10;

}  // namespace

Runtime::Runtime(ClientFor clients, Scheduler& scheduler, Options options)
    : clients_(std::move(clients)), scheduler_(scheduler), options_(std::move(options)), random_(options_.seed),
      watcher_(clients_("kube-controller-manager")) {}

Runtime::~Runtime() {
  *alive_ = false;
  subscriptions_.clear();
}

void Runtime::watch(std::vector<Gvk> kinds) {
  std::erase_if(kinds, [&](const Gvk& kind) { return !watched_.insert(kind).second; });
  if (kinds.empty()) return;
  subscriptions_.push_back(watcher_->watch(std::move(kinds), [this](const Change& change) { deliver(change); }));
}

void Runtime::deliver(const Change& change) {
  after(Duration::zero(), [this, change] { take(change); });
}

void Runtime::take(const Change& change) {
  if (change.type == ChangeType::kDeleted) {
    cache_.remove(change.object);
  } else {
    cache_.apply(change.object);
  }
  const ObjectId id = ObjectId::of(change.object);
  for (auto& controller : controllers_) controller->observe(change, id);
}

void Runtime::after(Duration delay, std::function<void()> task) {
  scheduler_.after(delay, [alive = std::weak_ptr(alive_), task = std::move(task)] {
    auto held = alive.lock();
    if (held && *held) task();
  });
}

Duration Runtime::simulated(Duration delay) const {
  if (options_.speed <= 0) return Duration::zero();
  return Duration(static_cast<int64_t>(static_cast<double>(delay.count()) / options_.speed));
}

Controller::Controller(Runtime& runtime, std::string manager, std::string component)
    : runtime_(runtime), cache_(runtime.cache()), client_(runtime.client(manager)), component_(std::move(component)) {}

void Controller::enqueue(const ObjectId& id) {
  if (!queued_.insert(id).second) return;
  queue_.push_back(id);
  if (draining_) return;
  draining_ = true;
  runtime_.after(runtime_.simulated(runtime_.options().lag), [this] { drain(); });
}

void Controller::enqueue_after(const ObjectId& id, Duration delay) {
  const Time due = runtime_.now() + std::max(delay, Duration::zero());
  auto [at, fresh] = timers_.try_emplace(id, due);
  if (!fresh && at->second <= due) return;
  at->second = due;
  runtime_.after(delay, [this, id, due] {
    auto timer = timers_.find(id);
    if (timer == timers_.end() || timer->second != due) return;
    timers_.erase(timer);
    enqueue(id);
  });
}

void Controller::enqueue_owner(const Value& object, const Gvk& kind) {
  for (const Value& owner : object["metadata"]["ownerReferences"].items()) {
    if (!owner["controller"].as_bool() || owner["kind"].as_string() != kind.kind) continue;
    enqueue({kind.group, kind.kind, object["metadata"]["namespace"].str(), owner["name"].str()});
  }
}

void Controller::drain() {
  const ObjectId id = queue_.front();
  queue_.pop_front();
  queued_.erase(id);
  if (Status done = sync(id)) {
    failures_.erase(id);
  } else {
    const int failures = std::min(failures_[id]++, kMaxBackoff);
    log::debug("{}: {}: {}", component_, id.to_string(), done.error().message());
    enqueue_after(id, runtime_.simulated(std::chrono::milliseconds(5) * (1 << failures)));
  }
  draining_ = !queue_.empty();
  if (draining_) runtime_.after(Duration::zero(), [this] { drain(); });
}

Result<Value> Controller::known(Result<Value> written) {
  if (written) cache_.apply(*written);
  return written;
}

Result<Value> Controller::create(const Value& object) { return known(client_->create(object)); }
Result<Value> Controller::update(const Value& object) { return known(client_->update(object)); }
Result<Value> Controller::update_status(const Value& object) { return known(client_->update_status(object)); }

Result<Value> Controller::patch(const Value& object, const Value& merge_patch, std::string_view subresource) {
  return known(client_->patch(Gvk::of(object), namespace_of(object), name_of(object), merge_patch, subresource));
}

Status Controller::remove(const Value& object, const RemoveOptions& options) {
  const ObjectId id = ObjectId::of(object);
  RemoveOptions sure = options;
  sure.uid = object["metadata"]["uid"].str();
  Status done = client_->remove(Gvk::of(object), id.ns, id.name, sure);
  if (done) cache_.expect_deletion(id, runtime_.now_text());
  if (!done && done.error().code() == Code::kNotFound) return {};
  return done;
}

void Controller::event(const Value& about, std::string_view type, std::string_view reason, std::string_view message) {
  client_->record_event(about, type, reason, message, component_);
}

}  // namespace taut::sandbox::workloads
