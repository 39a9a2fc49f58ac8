#include "sandbox/namespace_status.hh"

#include "base/strings.hh"

namespace taut::sandbox {
namespace {

void set_condition(Value& status, std::string_view type, bool holds, std::string_view reason, std::string message, Time now) {
  Value fresh = Value::map({{"type", type}, {"status", holds ? "True" : "False"}, {"reason", reason}, {"message", message},
                            {"lastTransitionTime", format_rfc3339(now)}});
  Value& list = status.edit("conditions");
  for (size_t i = 0; i < list.size(); ++i) {
    if (list[i]["type"] != fresh["type"]) continue;
    if (list[i]["status"] == fresh["status"]) fresh.set("lastTransitionTime", list[i]["lastTransitionTime"]);
    list.edit(i) = std::move(fresh);
    return;
  }
  list.push_back(std::move(fresh));
}

std::string counted(const std::map<std::string, size_t>& counts, std::string_view link) {
  std::vector<std::string> parts;
  for (const auto& [name, count] : counts) parts.push_back(fmt::format("{} {} {} resource instances", name, link, count));
  return join(parts, ", ");
}

}  // namespace

RemainingContent remaining_content(const Cluster& cluster, const std::string& ns) {
  RemainingContent out;
  for (const ResourcePtr& r : cluster.registry.stored()) {
    if (!r->info.namespaced) continue;
    auto page = cluster.store.list(r->storage, ns + '/', "", 0, 0);
    if (!page || page->items.empty()) continue;
    out.resources[r->info.plural + '.' + r->info.group] += page->items.size();
    for (const ItemPtr& item : page->items)
      for (const Value& f : item->object()["metadata"]["finalizers"].items()) ++out.finalizers[f.str()];
  }
  return out;
}

void describe_namespace(Value& ns, const RemainingContent& remaining, Time now) {
  Value& status = ns.edit("status");
  set_condition(status, "NamespaceDeletionDiscoveryFailure", false, "ResourcesDiscovered", "All resources successfully discovered", now);
  set_condition(status, "NamespaceDeletionGroupVersionParsingFailure", false, "ParsedGroupVersions",
                "All legacy kube types successfully parsed", now);
  set_condition(status, "NamespaceDeletionContentFailure", false, "ContentDeleted",
                "All content successfully deleted, may be waiting on finalization", now);
  bool content = !remaining.resources.empty(), finalizers = !remaining.finalizers.empty();
  set_condition(status, "NamespaceContentRemaining", content, content ? "SomeResourcesRemain" : "ContentRemoved",
                content ? "Some resources are remaining: " + counted(remaining.resources, "has") : "All content successfully removed", now);
  set_condition(status, "NamespaceFinalizersRemaining", finalizers, finalizers ? "SomeFinalizersRemain" : "ContentHasNoFinalizers",
                finalizers ? "Some content in the namespace has finalizers remaining: " + counted(remaining.finalizers, "in")
                           : "All content-preserving finalizers finished", now);
}

}  // namespace taut::sandbox
