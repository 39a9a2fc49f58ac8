#include "controller/diagnosis.hh"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <unordered_set>

#include "base/strings.hh"
#include "health/root_cause.hh"
#include "object/id.hh"

namespace taut::controller {
namespace {

constexpr std::chrono::seconds kFresh(3);

const Gvk kPod{"", "v1", "Pod"};
const Gvk kEvent{"", "v1", "Event"};
const Gvk kConfigMap{"", "v1", "ConfigMap"};
const Gvk kClaim{"", "v1", "PersistentVolumeClaim"};
const Gvk kReplicaSet{"apps", "v1", "ReplicaSet"};
const Gvk kJob{"batch", "v1", "Job"};
const Gvk kStorageClass{"storage.k8s.io", "v1", "StorageClass"};

// "a=b,c=d" of spec.selector.matchLabels; empty when there is none, or when more is asked for.
std::string selector_of(const Value& object) {
  const Value& selector = object["spec"]["selector"];
  if (!selector["matchExpressions"].empty()) return {};
  std::vector<std::string> parts;
  for (const auto& [key, value] : selector["matchLabels"].entries()) parts.push_back(fmt::format("{}={}", key.as_string(), value.as_string()));
  return join(parts, ",");
}

// Nothing else is asked for what only waits for an address: thousands may do so where nobody gives any.
bool says_it_itself(const Value& object) {
  std::string_view kind = object["kind"].as_string();
  return kind == "Ingress" || kind == "Application" || (kind == "Service" && object["spec"]["selector"].empty());
}

// Reads what belongs to the objects, each list once.
class Collector {
 public:
  Collector(Cluster& cluster, EventBook& book) : cluster_(cluster), book_(book) {}

  Family collect(std::span<const Value> objects) {
    for (const Value& object : objects) add_parts(object);
    std::set<std::string> namespaces;
    for (const Value& object : objects)
      if (!says_it_itself(object)) namespaces.emplace(namespace_of(object));
    for (const std::string& ns : namespaces) {
      if (ns.empty()) continue;
      EventBook::List events = book_.events(cluster_, ns);
      events_.insert(events_.end(), events->begin(), events->end());
      held_.push_back(std::move(events));
      if (wants_claims(objects, ns)) add_related(kClaim, ns);
      if (misses_configuration(ns)) add_related(kConfigMap, ns);
    }
    bool claims = std::ranges::any_of(related_, [](const Value& item) { return item["kind"].as_string() == kClaim.kind; });
    if (claims) add_related(kStorageClass, "");
    return Family(std::move(objects_), std::move(events_), std::move(related_));
  }

 private:
  void add_parts(const Value& object) {
    std::string_view kind = object["kind"].as_string();
    std::string ns(namespace_of(object));
    if (ns.empty()) return;
    if (says_it_itself(object)) return;
    if (kind == "Service") return add_related(kPod, ns);
    std::string selector = selector_of(object);
    if (kind == "CronJob") add(kJob, ns, "");
    if (kind == "Pod" || kind == kClaim.kind) return;
    if (kind != "ReplicaSet" && kind != "StatefulSet" && kind != "DaemonSet" && kind != "Job" && kind != "CronJob") add(kReplicaSet, ns, selector);
    add(kPod, ns, selector);
  }

  void add(const Gvk& gvk, const std::string& ns, const std::string& selector) {
    if (!asked_.insert(fmt::format("{}/{}/{}", gvk.kind, ns, selector)).second) return;
    for (Value& item : read(gvk, ns, selector))
      if (known_.insert(item["metadata"]["uid"].str()).second) objects_.push_back(std::move(item));
  }

  void add_related(const Gvk& gvk, const std::string& ns) {
    if (!asked_.insert(fmt::format("related {}/{}", gvk.kind, ns)).second) return;
    for (Value& item : read(gvk, ns)) related_.push_back(std::move(item));
  }

  std::vector<Value> read(const Gvk& gvk, const std::string& ns, const std::string& selector = {}) {
    auto list = cluster_.list(gvk, {.ns = ns, .label_selector = selector});
    return list ? std::move(list->items) : std::vector<Value>();
  }

  bool wants_claims(std::span<const Value> objects, const std::string& ns) const {
    auto uses = [&](const Value& object) {
      if (namespace_of(object) != ns) return false;
      if (object["kind"].as_string() == kClaim.kind) return true;
      for (const Value& volume : object["spec"]["volumes"].items())
        if (!volume["persistentVolumeClaim"].is_null()) return true;
      return false;
    };
    return std::ranges::any_of(objects, uses) || std::ranges::any_of(objects_, uses);
  }

  bool misses_configuration(const std::string& ns) const {
    return std::ranges::any_of(events_, [&](const Value& event) {
      std::string message = to_lower(event["message"].as_string());
      return namespace_of(event) == ns && contains(message, "configmap") && (contains(message, "not found") || contains(message, "couldn't find"));
    });
  }

  Cluster& cluster_;
  EventBook& book_;
  std::vector<EventBook::List> held_;  // for those who ask meanwhile
  std::set<std::string> asked_;
  std::unordered_set<std::string> known_;
  std::vector<Value> objects_, events_, related_;
};

}  // namespace

EventBook::List EventBook::events(Cluster& cluster, const std::string& ns) {
  std::shared_ptr<Page> page;
  {
    std::lock_guard lock(mutex_);
    std::erase_if(pages_, [](const auto& entry) {
      if (entry.second.use_count() > 1) return false;  // somebody reads it
      std::lock_guard nobody(entry.second->reading);
      return entry.second->list.expired();
    });
    auto& known = pages_[ns];
    if (!known) known = std::make_shared<Page>();
    page = known;
  }
  std::lock_guard lock(page->reading);
  auto now = std::chrono::steady_clock::now();
  if (auto list = page->list.lock(); list && now - page->read < kFresh) return list;
  auto found = cluster.list(kEvent, {.ns = ns, .label_selector = {}, .field_selector = {}});
  auto list = std::make_shared<const std::vector<Value>>(found ? std::move(found->items) : std::vector<Value>());
  page->list = list;
  page->read = now;
  return list;
}

std::optional<Reason> diagnose(Cluster& cluster, std::span<const Value> objects, const Surroundings& base, EventBook* book) {
  EventBook own;
  Collector collector(cluster, book != nullptr ? *book : own);
  Family family = collector.collect(objects);
  for (const Value& object : objects)
    if (auto reason = root_cause(object, family, base)) return reason;
  return std::nullopt;
}

}  // namespace taut::controller
