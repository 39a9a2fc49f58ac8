#include "sandbox/bounds.hh"

#include <algorithm>

#include "base/strings.hh"
#include "sandbox/kinds/usage.hh"
#include "sandbox/meta.hh"
#include "sandbox/owners.hh"

namespace taut::sandbox {
namespace {

using kinds::Amounts;

bool is_core(const Resource& resource, std::string_view kind) { return resource.info.group.empty() && resource.info.kind == kind; }

std::vector<ItemPtr> in_namespace(const Cluster& cluster, const char* resource, std::string_view ns) {
  return cluster.store.list(resource, std::string(ns) + "/", "", 0, 0).value_or(Page{}).items;
}

// ---- LimitRange

std::string preset_amounts(Value& container, const Value& defaults, const char* list) {
  std::vector<std::string> names;
  for (const Entry& amount : defaults.entries()) {
    if (container["resources"][list].contains(amount.key())) continue;
    container.edit("resources").edit(list).set(amount.key(), amount.value);
    names.emplace_back(amount.key());
  }
  return join(names, ", ");
}

void default_containers(Value& pod, const char* list, std::string_view what, const Value& requests, const Value& limits, std::vector<std::string>& told) {
  Value containers = pod["spec"][list];
  for (size_t i = 0; i < containers.size(); ++i) {
    const std::string name = containers[i]["name"].str();
    std::string limited = preset_amounts(containers.edit(i), limits, "limits");
    std::string requested = preset_amounts(containers.edit(i), requests, "requests");
    if (!requested.empty()) told.push_back(fmt::format("{} request for {} {}", requested, what, name));
    if (!limited.empty()) told.push_back(fmt::format("{} limit for {} {}", limited, what, name));
  }
  if (!containers.empty()) pod.edit("spec").set(list, containers);
}

Quantity quantity(const Value& text) { return Quantity::parse(text.as_string()).value_or(Quantity()); }

// One kind of thing that a LimitRange bounds, and what it asks for.
struct Bounded {
  std::string type;
  Amounts requests, limits;
};

class Bounds {
 public:
  explicit Bounds(const Value& limit) : limit_(limit) {}

  void check(const Bounded& thing, std::vector<std::string>& out) const {
    for (const Entry& least : limit_["min"].entries()) check_least(thing, least, out);
    for (const Entry& most : limit_["max"].entries()) check_most(thing, most, out);
    for (const Entry& ratio : limit_["maxLimitRequestRatio"].entries()) check_ratio(thing, ratio, out);
  }

 private:
  static const Quantity* find(const Amounts& amounts, std::string_view name) {
    auto at = amounts.find(name);
    return at == amounts.end() ? nullptr : &at->second;
  }

  static std::string bound(const char* which, const Entry& entry, const Bounded& thing) {
    return fmt::format("{} {} usage per {} is {}", which, entry.key(), thing.type, quantity(entry.value).to_string());
  }

  static void check_least(const Bounded& thing, const Entry& least, std::vector<std::string>& out) {
    const Quantity* request = find(thing.requests, least.key());
    const Quantity* limit = find(thing.limits, least.key());
    const Quantity bounded = quantity(least.value);
    const std::string start = bound("minimum", least, thing);
    if (!request) {
      out.push_back(start + ".  No request is specified");
    } else if (*request < bounded) {
      out.push_back(fmt::format("{}, but request is {}", start, request->to_string()));
    } else if (limit && *limit < bounded) {
      out.push_back(fmt::format("{}, but limit is {}", start, limit->to_string()));
    }
  }

  // Claims have requests only.
  static void check_most(const Bounded& thing, const Entry& most, std::vector<std::string>& out) {
    const Quantity* request = find(thing.requests, most.key());
    const Quantity* limit = find(thing.limits, most.key());
    const Quantity bounded = quantity(most.value);
    const std::string start = bound("maximum", most, thing);
    const bool claim = thing.type == "PersistentVolumeClaim";
    if (claim ? !request : !limit) {
      out.push_back(fmt::format("{}.  No {} is specified", start, claim ? "request" : "limit"));
    } else if (limit && *limit > bounded) {
      out.push_back(fmt::format("{}, but limit is {}", start, limit->to_string()));
    } else if (request && *request > bounded) {
      out.push_back(fmt::format("{}, but request is {}", start, request->to_string()));
    }
  }

  static void check_ratio(const Bounded& thing, const Entry& most, std::vector<std::string>& out) {
    const Quantity* request = find(thing.requests, most.key());
    const Quantity* limit = find(thing.limits, most.key());
    const std::string start =
        fmt::format("{} max limit to request ratio per {} is {}", most.key(), thing.type, quantity(most.value).to_string());
    if (!request || *request == Quantity()) {
      out.push_back(start + ", but no request is specified or request is 0");
    } else if (!limit || *limit == Quantity()) {
      out.push_back(start + ", but no limit is specified or limit is 0");
    } else if (const double ratio = limit->as_double() / request->as_double(); ratio > quantity(most.value).as_double()) {
      out.push_back(fmt::format("{}, but provided ratio is {:f}", start, ratio));
    }
  }

  const Value& limit_;
};

Amounts list_amounts(const Value& list) {
  Amounts out;
  for (const Entry& entry : list.entries()) out.emplace(entry.key(), quantity(entry.value));
  return out;
}

std::vector<Bounded> bounded_things(const Resource& resource, const Value& object) {
  const Value& spec = object["spec"];
  if (is_core(resource, "PersistentVolumeClaim")) return {{"PersistentVolumeClaim", list_amounts(spec["resources"]["requests"]), {}}};
  std::vector<Bounded> out;
  for (const char* list : {"containers", "initContainers"}) {
    for (const Value& container : spec[list].items()) {
      out.push_back({"Container", list_amounts(container["resources"]["requests"]), list_amounts(container["resources"]["limits"])});
    }
  }
  out.push_back({"Pod", kinds::pod_amounts(spec, "requests"), kinds::pod_amounts(spec, "limits")});
  return out;
}

// As Kubernetes prints several errors: each once, in brackets.
std::string aggregate(const std::vector<std::string>& messages) {
  std::vector<std::string> distinct;
  for (const std::string& message : messages) {
    if (std::find(distinct.begin(), distinct.end(), message) == distinct.end()) distinct.push_back(message);
  }
  return distinct.size() == 1 ? distinct[0] : fmt::format("[{}]", join(distinct, ", "));
}

// ---- ResourceQuota

Amounts masked(const Amounts& amounts, const Value& names) {
  Amounts out;
  for (const auto& [name, amount] : amounts) {
    if (names.contains(name) && amount != Quantity()) out.emplace(name, amount);
  }
  return out;
}

std::string printed(const Amounts& amounts) {
  std::vector<std::string> parts;
  for (const auto& [name, amount] : amounts) parts.push_back(fmt::format("{}={}", name, amount.to_string()));
  return join(parts, ",");
}

// Pods must say what they want of everything that a quota counts.
std::vector<std::string> required_of_pods(const Value& hard) {
  std::vector<std::string> out;
  for (const Entry& entry : hard.entries()) {
    std::string_view plain = entry.key();
    for (std::string_view prefix : {"requests.", "limits."}) {
      if (plain.starts_with(prefix)) plain.remove_prefix(prefix.size());
    }
    if (plain == "cpu" || plain == "memory") out.emplace_back(entry.key());
  }
  return out;
}

struct Count {
  std::string refusal;  // "" when the quota has room
  Value used;
};

Count count(const Value& quota, const Amounts& usage) {
  const Value& hard = quota["status"]["hard"];
  Count out{"", quota["status"]["used"]};
  Amounts requested, used, limited;
  for (const auto& [name, amount] : usage) {
    const Quantity before = quantity(out.used[name]), most = quantity(hard[name]);
    if (before + amount > most) {
      requested.emplace(name, amount);
      used.emplace(name, before);
      limited.emplace(name, most);
    }
    out.used.set(name, (before + amount).to_string());
  }
  if (!requested.empty()) {
    out.refusal = fmt::format("exceeded quota: {}, requested: {}, used: {}, limited: {}", name_of(quota), printed(requested), printed(used), printed(limited));
  }
  return out;
}

}  // namespace

void default_limits(const Cluster& cluster, const Resource& resource, Value& pod) {
  if (!is_core(resource, "Pod")) return;
  for (const ItemPtr& item : in_namespace(cluster, "limitranges", namespace_of(pod))) {
    Value requests = Value::map(), limits = Value::map();
    for (const Value& limit : item->object()["spec"]["limits"].items()) {
      if (limit["type"].as_string() != "Container") continue;
      for (const Entry& amount : limit["defaultRequest"].entries()) requests.set(amount.key(), amount.value);
      for (const Entry& amount : limit["default"].entries()) limits.set(amount.key(), amount.value);
    }
    std::vector<std::string> told;
    default_containers(pod, "containers", "container", requests, limits, told);
    default_containers(pod, "initContainers", "init container", requests, limits, told);
    if (told.empty()) continue;
    pod.edit("metadata").edit("annotations").set("kubernetes.io/limit-ranger", "LimitRanger plugin set: " + join(told, "; "));
  }
}

ApiResult<void> admit_limits(const Cluster& cluster, const Resource& resource, const Value& object) {
  if (!is_core(resource, "Pod") && !is_core(resource, "PersistentVolumeClaim")) return {};
  for (const ItemPtr& item : in_namespace(cluster, "limitranges", namespace_of(object))) {
    std::vector<std::string> refusals;
    for (const Value& limit : item->object()["spec"]["limits"].items()) {
      for (const Bounded& thing : bounded_things(resource, object)) {
        if (thing.type == limit["type"].as_string()) Bounds(limit).check(thing, refusals);
      }
    }
    if (!refusals.empty()) return ApiFailure(forbidden(resource.name(), name_of(object), aggregate(refusals)));
  }
  return {};
}

ApiResult<void> admit_quota(Cluster& cluster, const Resource& resource, const Value& object, bool dry_run) {
  if (!resource.info.namespaced) return {};
  const std::string ns(namespace_of(object));
  const Gvk gvk = resource.gvk();
  for (const ItemPtr& listed : in_namespace(cluster, "resourcequotas", ns)) {
    const StoreKey key = StoreKey::of("resourcequotas", ns, name_of(listed->object()));
    // Somebody else may count at the same time.
    for (int attempt = 0; attempt < 10; ++attempt) {
      ItemPtr item = attempt == 0 ? listed : cluster.store.get(key);
      if (!item) break;
      Value quota = item->object();
      const Value& hard = quota["status"]["hard"];
      if (hard.empty() || !kinds::quota_covers(quota["spec"], gvk, object)) break;
      auto refuse = [&](const std::string& why) { return ApiFailure(forbidden(resource.name(), name_of(object), why)); };
      if (is_core(resource, "Pod")) {
        auto missing = kinds::missing_amounts(object["spec"], required_of_pods(hard));
        if (!missing.empty()) return refuse(fmt::format("failed quota: {}: must specify {}", name_of(quota), join(missing, "; ")));
      }
      const Amounts usage = masked(kinds::usage_of(gvk, resource.name().qualified(), object), hard);
      if (usage.empty()) break;
      Count counted = count(quota, usage);
      if (!counted.refusal.empty()) return refuse(counted.refusal);
      if (dry_run) break;
      quota.edit("status").set("used", std::move(counted.used));
      if (put_tracked(cluster, key, item, std::move(quota), "kube-apiserver", "status")) break;
    }
  }
  return {};
}

}  // namespace taut::sandbox
