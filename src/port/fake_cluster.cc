#include "port/fake_cluster.hh"

#include <algorithm>

#include "object/selector.hh"

namespace taut {
namespace {

std::string_view verb_name(WriteVerb verb) {
  switch (verb) {
    case WriteVerb::kApply: return "apply";
    case WriteVerb::kCreate: return "create";
    case WriteVerb::kUpdate: return "update";
    default: return "patch";
  }
}

// What a list or watch asks for, ready to be matched.
struct Scope {
  Gvk gvk;
  std::string ns;
  LabelSelector labels;
  FieldSelector fields;

  static Result<Scope> of(const Gvk& gvk, const ListOptions& options) {
    Scope out{gvk, options.ns, {}, {}};
    TAUT_ASSIGN(out.labels, LabelSelector::parse(options.label_selector));
    TAUT_ASSIGN(out.fields, FieldSelector::parse(options.field_selector));
    return out;
  }

  bool covers(const ObjectId& id, const Value& object) const {
    return id.group == gvk.group && id.kind == gvk.kind && (ns.empty() || ns == id.ns) &&
           labels.matches(object["metadata"]["labels"]) && fields.matches(object);
  }
};

}  // namespace

// One watch. `known` is what its handler has been told to exist.
class FakeCluster::Subscription : public Watch {
 public:
  Subscription(FakeCluster& cluster, Scope scope, WatchHandler handler)
      : cluster(cluster), scope(std::move(scope)), handler(std::move(handler)) {}
  ~Subscription() override { cluster.unsubscribe(this); }

  FakeCluster& cluster;
  Scope scope;
  WatchHandler handler;
  std::map<ObjectId, Value> known;
  bool served = true;  // false after a list of a kind that is not served

  // The event that brings the handler up to date with one object, if there is anything to say.
  std::optional<WatchEvent> update(const ObjectId& id, const Value& object, bool there) {
    using Type = WatchEvent::Type;
    auto before = known.find(id);
    bool visible = there && scope.covers(id, object);
    Value seen = object;
    if (!seen.is_null()) seen.set("apiVersion", scope.gvk.api_version());
    if (!visible) {
      if (before == known.end()) return std::nullopt;
      Value last = seen.is_null() ? before->second : seen;
      known.erase(before);
      return WatchEvent{Type::kDeleted, std::move(last), std::nullopt};
    }
    if (before == known.end()) {
      known.emplace(id, seen);
      return WatchEvent{Type::kAdded, std::move(seen), std::nullopt};
    }
    if (before->second == seen) return std::nullopt;
    before->second = seen;
    return WatchEvent{Type::kModified, std::move(seen), std::nullopt};
  }
};

std::string FakeCluster::Call::to_string() const {
  std::string out = verb + ' ' + ref.gvk.kind;
  if (!ref.name.empty() || !ref.ns.empty()) out += ' ';
  if (!ref.ns.empty()) out += ref.ns + '/';
  out += ref.name;
  if (!write.subresource.empty()) out += ' ' + write.subresource;
  if (write.dry_run || remove.dry_run) out += " dry-run";
  if (write.force) out += " force";
  return out;
}

FakeCluster::FakeCluster() = default;
FakeCluster::~FakeCluster() = default;

std::optional<Error> FakeCluster::note(Call call) {
  std::optional<Error> out;
  for (auto& fault : faults_) {
    if (fault.left == 0 || (fault.matcher && !fault.matcher(call))) continue;
    if (fault.left != SIZE_MAX) --fault.left;
    out = fault.error;
    break;
  }
  calls_.push_back(std::move(call));
  return out;
}

Result<Discovery> FakeCluster::discover() {
  std::lock_guard lock(mutex_);
  if (auto error = note({"discover", {}, {}, {}})) return fail(*error);
  return store_.discovery;
}

Result<Value> FakeCluster::get(const ObjectRef& ref) {
  std::lock_guard lock(mutex_);
  if (auto error = note({"get", ref, {}, {}})) return fail(*error);
  return store_.get(ref);
}

Result<ObjectList> FakeCluster::list(const Gvk& gvk, const ListOptions& options) {
  std::lock_guard lock(mutex_);
  if (auto error = note({"list", {gvk, options.ns, ""}, {}, {}})) return fail(*error);
  TAUT_TRY(store_.resource(gvk));
  TAUT_ASSIGN(Scope scope, Scope::of(gvk, options));
  ObjectList out;
  for (const auto& [id, object] : store_.objects()) {
    if (!scope.covers(id, object)) continue;
    out.items.push_back(object);
    out.items.back().set("apiVersion", gvk.api_version());
  }
  out.resource_version = store_.resource_version();
  return out;
}

Result<WriteResult> FakeCluster::write(const WriteRequest& request) {
  Result<WriteResult> out = fail(Code::kInternal, "not written");
  {
    std::lock_guard lock(mutex_);
    if (auto error = note({std::string(verb_name(request.verb)), request.ref, request, {}})) return fail(*error);
    std::vector<FakeChange> changes;
    out = store_.write(request, changes);
    publish(changes);
  }
  flush();
  return out;
}

Result<Value> FakeCluster::remove(const ObjectRef& ref, const DeleteOptions& options) {
  Result<Value> out = fail(Code::kInternal, "not removed");
  {
    std::lock_guard lock(mutex_);
    if (auto error = note({"delete", ref, {}, options})) return fail(*error);
    std::vector<FakeChange> changes;
    out = store_.remove(ref, options, changes);
    publish(changes);
  }
  flush();
  return out;
}

std::unique_ptr<Watch> FakeCluster::watch(const Gvk& gvk, const ListOptions& options, WatchHandler handler) {
  auto scope = Scope::of(gvk, options);
  auto out =
      std::make_unique<Subscription>(*this, scope ? *scope : Scope{gvk, options.ns, {}, {}}, std::move(handler));
  {
    std::lock_guard lock(mutex_);
    auto error = note({"watch", {gvk, options.ns, ""}, {}, {}});
    if (!error && !scope) error = scope.error();
    if (!error && broken_) error = broken_;
    subscriptions_.push_back(out.get());
    if (error) {
      pending_.push_back({out.get(), {WatchEvent::Type::kFailed, {}, error}});
    } else {
      list_into(*out);
    }
  }
  flush();
  return out;
}

// Brings one watch up to date with the store, then says kSynced. A kind that is not served is a failure.
void FakeCluster::list_into(Subscription& subscription) {
  auto resource = store_.resource(subscription.scope.gvk);
  subscription.served = resource.has_value();
  if (!resource) {
    pending_.push_back({&subscription, {WatchEvent::Type::kFailed, {}, resource.error()}});
    return;
  }
  std::vector<ObjectId> known;
  for (const auto& [id, object] : subscription.known) known.push_back(id);
  for (const auto& id : known)
    if (store_.find(id).is_null())
      if (auto event = subscription.update(id, {}, false)) pending_.push_back({&subscription, std::move(*event)});
  for (const auto& [id, object] : store_.objects())
    if (auto event = subscription.update(id, object, true)) pending_.push_back({&subscription, std::move(*event)});
  pending_.push_back({&subscription, {WatchEvent::Type::kSynced, {}, std::nullopt}});
}

// Queues the changes for every watch that sees them. The lock is held.
void FakeCluster::publish(const std::vector<FakeChange>& changes) {
  if (broken_) return;
  for (const auto& change : changes) {
    if (change.id.kind == "CustomResourceDefinition")
      for (auto* subscription : subscriptions_)
        if (!subscription->served && store_.resource(subscription->scope.gvk)) list_into(*subscription);
    bool there = change.type != WatchEvent::Type::kDeleted;
    for (auto* subscription : subscriptions_)
      if (auto event = subscription->update(change.id, change.object, there))
        pending_.push_back({subscription, std::move(*event)});
  }
}

void FakeCluster::flush() {
  std::unique_lock lock(mutex_);
  if (!stepped_) drain(lock, SIZE_MAX);
}

// Runs handlers one at a time, without the lock, until nothing waits. A second caller leaves it to the first.
size_t FakeCluster::drain(std::unique_lock<std::mutex>& lock, size_t limit) {
  if (draining_) return 0;
  draining_ = true;
  drainer_ = std::this_thread::get_id();
  size_t count = 0;
  while (!pending_.empty() && count < limit) {
    Pending next = std::move(pending_.front());
    pending_.pop_front();
    running_ = next.to;
    WatchHandler handler = next.to->handler;
    lock.unlock();
    handler(std::move(next.event));
    lock.lock();
    running_ = nullptr;
    idle_.notify_all();
    ++count;
  }
  draining_ = false;
  return count;
}

void FakeCluster::unsubscribe(Subscription* subscription) {
  std::unique_lock lock(mutex_);
  std::erase(subscriptions_, subscription);
  std::erase_if(pending_, [&](const Pending& pending) { return pending.to == subscription; });
  if (draining_ && drainer_ == std::this_thread::get_id()) return;  // destroyed by a handler
  idle_.wait(lock, [&] { return running_ != subscription; });
}

void FakeCluster::add_kind(ApiResource resource) {
  std::lock_guard lock(mutex_);
  store_.discovery.resources.push_back(std::move(resource));
}

void FakeCluster::remove_kind(const Gvk& gvk) {
  std::lock_guard lock(mutex_);
  std::erase_if(store_.discovery.resources, [&](const ApiResource& resource) { return resource.gvk == gvk; });
}

Value FakeCluster::put(Value object) {
  Value out;
  {
    std::lock_guard lock(mutex_);
    std::vector<FakeChange> changes;
    out = store_.put(std::move(object), changes);
    publish(changes);
  }
  flush();
  return out;
}

void FakeCluster::edit(const ObjectId& id, std::initializer_list<std::string_view> path, Value value) {
  Value object = this->object(id);
  Value* at = &object;
  std::vector<std::string_view> steps(path);
  for (size_t i = 0; i + 1 < steps.size(); ++i) at = &at->edit(steps[i]);
  if (value.is_null()) {
    at->erase(steps.back());
  } else {
    at->set(steps.back(), std::move(value));
  }
  put(std::move(object));
}

bool FakeCluster::erase(const ObjectId& id) {
  bool out = false;
  {
    std::lock_guard lock(mutex_);
    std::vector<FakeChange> changes;
    out = store_.erase(id, changes);
    publish(changes);
  }
  flush();
  return out;
}

Value FakeCluster::object(const ObjectId& id) const {
  std::lock_guard lock(mutex_);
  return store_.find(id);
}

std::vector<Value> FakeCluster::objects() const {
  std::lock_guard lock(mutex_);
  std::vector<Value> out;
  for (const auto& [id, object] : store_.objects()) out.push_back(object);
  return out;
}

void FakeCluster::set_now(Time now) {
  std::lock_guard lock(mutex_);
  store_.now = now;
}

void FakeCluster::fail_next(size_t count, Error error, Matcher matcher) {
  std::lock_guard lock(mutex_);
  faults_.push_back({count, std::move(error), std::move(matcher)});
}

void FakeCluster::fail_always(Error error, Matcher matcher) {
  fail_next(SIZE_MAX, std::move(error), std::move(matcher));
}

void FakeCluster::clear_faults() {
  std::lock_guard lock(mutex_);
  faults_.clear();
}

void FakeCluster::break_watches(Error error) {
  {
    std::lock_guard lock(mutex_);
    broken_ = error;
    for (auto* subscription : subscriptions_)
      pending_.push_back({subscription, {WatchEvent::Type::kFailed, {}, error}});
  }
  flush();
}

void FakeCluster::restore_watches() {
  {
    std::lock_guard lock(mutex_);
    broken_.reset();
    for (auto* subscription : subscriptions_) list_into(*subscription);
  }
  flush();
}

void FakeCluster::set_stepped(bool stepped) {
  std::lock_guard lock(mutex_);
  stepped_ = stepped;
}

size_t FakeCluster::deliver(size_t limit) {
  std::unique_lock lock(mutex_);
  return drain(lock, limit);
}

size_t FakeCluster::waiting_events() const {
  std::lock_guard lock(mutex_);
  return pending_.size();
}

std::vector<FakeCluster::Call> FakeCluster::calls() const {
  std::lock_guard lock(mutex_);
  return calls_;
}

std::vector<std::string> FakeCluster::call_log() const {
  std::lock_guard lock(mutex_);
  std::vector<std::string> out;
  for (const auto& call : calls_)
    if (call.verb != "discover" && call.verb != "watch") out.push_back(call.to_string());
  return out;
}

void FakeCluster::clear_calls() {
  std::lock_guard lock(mutex_);
  calls_.clear();
}

size_t FakeCluster::watch_count() const {
  std::lock_guard lock(mutex_);
  return subscriptions_.size();
}

}  // namespace taut
