#include "sandbox/workloads/fake_cluster.hh"

#include <fmt/format.h>

#include "base/strings.hh"
#include "sandbox/kinds/strategy.hh"
#include "sandbox/workloads/objects.hh"

namespace taut::sandbox::workloads {
namespace {

void merge(Value& target, const Value& patch) {
  for (const Entry& entry : patch.entries()) {
    if (entry.value.is_null()) {
      target.erase(entry.key());
    } else if (entry.value.is_map()) {
      Value child = target[entry.key()];
      if (!child.is_map()) child = Value::map();
      merge(child, entry.value);
      target.set(entry.key(), child);
    } else {
      target.set(entry.key(), entry.value);
    }
  }
}

bool holds_itself(const Value& object) { return !object["metadata"]["finalizers"].empty() || !object["spec"]["finalizers"].empty(); }

}  // namespace

class FakeClient : public Client {
  // Falls silent when it ends.
  class FakeSubscription : public Subscription {
   public:
    explicit FakeSubscription(std::shared_ptr<FakeCluster::Watch> watch) : watch_(std::move(watch)) {}
    ~FakeSubscription() override { watch_->callback = nullptr; }

   private:
    std::shared_ptr<FakeCluster::Watch> watch_;
  };

 public:
  explicit FakeClient(FakeCluster& cluster) : cluster_(cluster) {}
  Result<Value> get(const Gvk& gvk, std::string_view ns, std::string_view name) override { return cluster_.get(gvk, ns, name); }
  Result<std::vector<Value>> list(const Gvk& gvk, std::string_view ns) override {
    std::vector<Value> out;
    for (const auto& [key, object] : cluster_.objects_) {
      if (std::get<0>(key) == gvk.group && std::get<1>(key) == gvk.kind && (ns.empty() || std::get<2>(key) == ns)) out.push_back(object);
    }
    return out;
  }
  Result<Value> create(const Value& object) override { return cluster_.create(object); }
  Result<Value> update(const Value& object) override { return cluster_.write(object, ""); }
  Result<Value> update_status(const Value& object) override { return cluster_.write(object, "status"); }
  Result<Value> patch(const Gvk& gvk, std::string_view ns, std::string_view name, const Value& merge_patch,
                      std::string_view subresource) override {
    TAUT_ASSIGN(Value fresh, cluster_.get(gvk, ns, name));
    merge(fresh, merge_patch);
    return cluster_.write(fresh, subresource);
  }
  Result<void> remove(const Gvk& gvk, std::string_view ns, std::string_view name, const RemoveOptions& options) override {
    return cluster_.remove(gvk, ns, name, options);
  }
  std::unique_ptr<Subscription> watch(std::vector<Gvk> kinds, std::function<void(const Change&)> callback) override {
    for (const auto& [key, object] : cluster_.objects_) {
      for (const Gvk& kind : kinds) {
        if (std::get<0>(key) == kind.group && std::get<1>(key) == kind.kind) callback({ChangeType::kAdded, object, Value()});
      }
    }
    cluster_.watches_.push_back(std::make_shared<FakeCluster::Watch>(FakeCluster::Watch{std::move(kinds), std::move(callback)}));
    return std::make_unique<FakeSubscription>(cluster_.watches_.back());
  }
  void record_event(const Value& involved, std::string_view, std::string_view reason, std::string_view message, std::string_view) override {
    cluster_.events_.push_back(fmt::format("{} {}: {}: {}", involved["kind"].as_string(), name_of(involved), reason, message));
  }
  void append_log(std::string_view, std::string_view, std::string_view, std::string_view) override {}

 private:
  FakeCluster& cluster_;
};

ClientPtr FakeCluster::client() { return std::make_shared<FakeClient>(*this); }

Result<Value> FakeCluster::get(const Gvk& gvk, std::string_view ns, std::string_view name) const {
  auto at = objects_.find({gvk.group, gvk.kind, std::string(ns), std::string(name)});
  if (at == objects_.end()) return fail(Code::kNotFound, "{} \"{}\" not found", gvk.kind, name);
  return at->second;
}

void FakeCluster::tell(ChangeType type, const Value& object, const Value& old) {
  const Gvk gvk = Gvk::of(object);
  for (size_t i = 0; i < watches_.size(); ++i) {
    auto watch = watches_[i];
    for (const Gvk& kind : watch->kinds) {
      if (kind == gvk && watch->callback) watch->callback({type, object, old});
    }
  }
}

Result<Value> FakeCluster::create(Value object) {
  const Gvk gvk = Gvk::of(object);
  if (gvk.kind == "Binding") return bind(object);
  if (auto at = refused_.find(gvk.kind); at != refused_.end() && !at->second.empty()) return fail(Code::kForbidden, "{}", at->second);
  Value& metadata = object.edit("metadata");
  metadata.erase("resourceVersion");
  if (metadata["name"].empty()) {
    const std::string base = metadata["generateName"].str();
    metadata.set("name", fmt::format("{}{:05}", base, uids_));
  }
  metadata.set("uid", fmt::format("uid-{}", ++uids_));
  metadata.set("creationTimestamp", format_rfc3339(scheduler_.now()));
  kinds::apply_defaults(gvk, object);
  kinds::prepare_create(gvk, object);
  const Key key{gvk.group, gvk.kind, std::string(namespace_of(object)), std::string(name_of(object))};
  if (objects_.contains(key)) return fail(Code::kAlreadyExists, "{} \"{}\" already exists", to_lower(gvk.kind), name_of(object));
  stamp(object);
  objects_[key] = object;
  tell(ChangeType::kAdded, object, Value());
  return object;
}

Result<Value> FakeCluster::bind(const Value& binding) {
  TAUT_ASSIGN(Value pod, get({"", "v1", "Pod"}, namespace_of(binding), name_of(binding)));
  const Value old = pod;
  pod.edit("spec").set("nodeName", binding["target"]["name"]);
  Value& status = pod.edit("status");
  put_condition(status, Value::map({{"lastProbeTime", Value()}, {"lastTransitionTime", format_rfc3339(scheduler_.now())},
                                    {"status", "True"}, {"type", "PodScheduled"}}));
  stamp(pod);
  objects_[{"", "Pod", std::string(namespace_of(pod)), std::string(name_of(pod))}] = pod;
  tell(ChangeType::kModified, pod, old);
  return binding;
}

Result<Value> FakeCluster::write(Value fresh, std::string_view subresource) {
  const Gvk gvk = Gvk::of(fresh);
  TAUT_ASSIGN(const Value old, get(gvk, namespace_of(fresh), name_of(fresh)));
  const Value& version = fresh["metadata"]["resourceVersion"];
  if (!version.empty() && version != old["metadata"]["resourceVersion"]) {
    return fail(Code::kConflict, "the object has been modified; please apply your changes to the latest version and try again");
  }
  Value& metadata = fresh.edit("metadata");
  for (const char* field : {"uid", "creationTimestamp", "deletionTimestamp", "resourceVersion"}) {
    if (const Value* present = old["metadata"].find(field)) metadata.set(field, *present);
  }
  kinds::apply_defaults(gvk, fresh);
  kinds::prepare_update(gvk, fresh, old, subresource);
  if (fresh == old) return old;
  const Key key{gvk.group, gvk.kind, std::string(namespace_of(fresh)), std::string(name_of(fresh))};
  stamp(fresh);
  objects_[key] = fresh;
  if (is_deleting(fresh) && !holds_itself(fresh) && fresh["metadata"]["deletionGracePeriodSeconds"].as_int() == 0) {
    drop(key);
  } else {
    tell(ChangeType::kModified, fresh, old);
  }
  return fresh;
}

void FakeCluster::drop(const Key& key) {
  Value last = objects_[key];
  objects_.erase(key);
  stamp(last);
  tell(ChangeType::kDeleted, last, last);
}

Result<void> FakeCluster::remove(const Gvk& gvk, std::string_view ns, std::string_view name, const RemoveOptions& options) {
  TAUT_ASSIGN(Value object, get(gvk, ns, name));
  if (!options.uid.empty() && options.uid != uid_of(object)) return fail(Code::kConflict, "uid mismatch");
  const Key key{gvk.group, gvk.kind, std::string(ns), std::string(name)};
  const Value old = object;
  int64_t grace = 0;
  if (gvk.kind == "Pod" && !object["spec"]["nodeName"].empty() && !pod_finished(object)) {
    grace = options.grace_seconds >= 0 ? options.grace_seconds : object["spec"]["terminationGracePeriodSeconds"].as_int(30);
  }
  if (options.propagation == "Foreground" && !has_finalizer(object, "foregroundDeletion")) {
    object.edit("metadata").edit("finalizers").push_back("foregroundDeletion");
  }
  if (options.propagation == "Orphan") object.edit("metadata").edit("finalizers").push_back("orphan");
  if (!holds_itself(object) && grace == 0) {
    drop(key);
    return {};
  }
  if (is_deleting(object) && object["metadata"]["deletionGracePeriodSeconds"].as_int() <= grace) return {};
  Value& metadata = object.edit("metadata");
  metadata.set("deletionTimestamp", format_rfc3339(scheduler_.now()));
  metadata.set("deletionGracePeriodSeconds", grace);
  if (metadata["generation"].as_int() > 0) metadata.set("generation", metadata["generation"].as_int() + 1);
  if (gvk.kind == "Namespace") object.edit("status").set("phase", "Terminating");
  stamp(object);
  objects_[key] = object;
  tell(ChangeType::kModified, object, old);
  return {};
}

}  // namespace taut::sandbox::workloads
