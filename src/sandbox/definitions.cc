#include "sandbox/definitions.hh"

#include "sandbox/custom.hh"
#include "sandbox/owners.hh"

namespace taut::sandbox {
namespace {

Value condition(std::string_view type, std::string_view status, std::string_view reason, std::string_view message, Time now) {
  return Value::map({{"type", type}, {"status", status}, {"reason", reason}, {"message", message}, {"lastTransitionTime", format_rfc3339(now)}});
}

void set_condition(Value& status, Value fresh) {
  Value& list = status.edit("conditions");
  for (size_t i = 0; i < list.size(); ++i) {
    if (list[i]["type"] != fresh["type"]) continue;
    if (list[i]["status"] == fresh["status"]) {
      fresh.set("lastTransitionTime", list[i]["lastTransitionTime"]);
    }
    list.edit(i) = std::move(fresh);
    return;
  }
  list.push_back(std::move(fresh));
}

// The name of another definition of the group that has one of these names already; empty if none.
std::string clash(const Cluster& cluster, const Value& crd, std::string& message, std::string& reason) {
  auto page = cluster.store.list(std::string(kDefinitions), "", "", 0, 0);
  const Value& wanted = crd["spec"]["names"];
  if (page)
    for (const ItemPtr& item : page->items) {
      const Value& other = item->object();
      if (name_of(other) == name_of(crd) || other["spec"]["group"] != crd["spec"]["group"]) continue;
      const Value& taken = other["status"]["acceptedNames"];
      for (auto [key, why] : {std::pair("plural", "PluralConflict"), std::pair("kind", "KindConflict"), std::pair("listKind", "ListKindConflict"), std::pair("singular", "SingularConflict")})
        if (!wanted[key].empty() && wanted[key] == taken[key]) {
          reason = why;
          message = fmt::format("\"{}\" is already in use", wanted[key].as_string());
          return std::string(name_of(other));
        }
    }
  return "";
}

Value established_status(const Cluster& cluster, const Value& crd, Time now) {
  Value status = crd["status"];
  std::string message, reason;
  if (!clash(cluster, crd, message, reason).empty()) {
    set_condition(status, condition("NamesAccepted", "False", reason, message, now));
    set_condition(status, condition("Established", "False", "NotAccepted", "not all names are accepted", now));
    return status;
  }
  status.set("acceptedNames", crd["spec"]["names"]);
  set_condition(status, condition("NamesAccepted", "True", "NoConflicts", "no conflicts found", now));
  set_condition(status, condition("Established", "True", "InitialNamesAccepted", "the initial names have been accepted", now));
  for (const Value& version : crd["spec"]["versions"].items()) {
    if (!version["storage"].as_bool()) continue;
    bool known = false;
    for (const Value& v : status["storedVersions"].items()) known = known || v == version["name"];
    if (!known) status.edit("storedVersions").push_back(version["name"]);
  }
  return status;
}

bool established(const Value& crd) {
  for (const Value& c : crd["status"]["conditions"].items())
    if (c["type"].as_string() == "Established") return c["status"].as_string() == "True";
  return false;
}

}  // namespace

void settle_definition(Cluster& cluster, const StoreKey& key) {
  for (int attempt = 0; attempt < 20; ++attempt) {
    ItemPtr item = cluster.store.get(key);
    if (!item) return cluster.registry.withdraw(key.path);
    Value crd = item->object();
    if (!crd["metadata"].contains("deletionTimestamp")) {
      crd.set("status", established_status(cluster, crd, cluster.now()));
    }
    if (established(crd)) cluster.registry.serve(key.path, custom_resources(crd));
    if (crd == item->object() || put_tracked(cluster, key, item, std::move(crd), "kube-apiserver", "status")) return;
  }
}

void clean_up_definition(Cluster& cluster, Writer& writer, const StoreKey& key) {
  ItemPtr item = cluster.store.get(key);
  if (!item) return;
  std::vector<ResourcePtr> versions = custom_resources(item->object());
  size_t left = 0;
  if (!versions.empty()) {
    const Resource& resource = *versions.front();
    auto page = cluster.store.list(resource.storage, "", "", 0, 0);
    if (page)
      for (const ItemPtr& object : page->items) {
        auto done = writer.remove(resource, namespace_of(object->object()), name_of(object->object()), {});
        if (!done || !done->finished) ++left;
      }
  }
  if (left != 0) return;
  cluster.registry.withdraw(key.path);
  Value crd = item->object();
  Value kept = Value::list();
  for (const Value& f : crd["metadata"]["finalizers"].items())
    if (f.as_string() != kDefinitionCleanUp) kept.push_back(f);
  if (kept.empty()) crd.edit("metadata").erase("finalizers");
  else crd.edit("metadata").set("finalizers", kept);
  auto put = cluster.store.put(key, std::move(crd), item->revision());
  if (put && kept.empty()) (void)writer.purge(key, *put);
}

}  // namespace taut::sandbox
