#include "controller/orphans.hh"

#include <algorithm>
#include <map>
#include <tuple>

namespace taut::controller {
namespace {

// More namespaces than these are read by one list of all.
constexpr size_t kMostNamespaces = 20;

bool has_verb(const ApiResource& resource, std::string_view verb) { return std::ranges::find(resource.verbs, verb) != resource.verbs.end(); }

// The preferred version of each namespaced kind that can be watched, as Argo CD's cache holds them.
std::vector<Gvk> kinds_to_list(const Discovery& discovery, const OrphanSearch& search) {
  std::vector<Gvk> out;
  std::set<std::pair<std::string, std::string>> seen;
  for (const ApiResource& resource : discovery.resources) {
    const Gvk& gvk = resource.gvk;
    if (!resource.namespaced || !has_verb(resource, "list") || !has_verb(resource, "watch")) continue;
    if (!seen.insert({gvk.group, gvk.kind}).second) continue;
    static const argo::ResourceFilter kEvents;
    const argo::ResourceFilter& filter = search.filter ? *search.filter : kEvents;
    if (!filter.excludes(gvk.group, gvk.kind, search.items.front().place.destination.server)) out.push_back(gvk);
  }
  return out;
}

class Lister {
 public:
  Lister(Cluster& cluster, const OrphanSearch& search) : cluster_(cluster), search_(search) {
    for (const auto& item : search.items) wanted_.insert(item.place.destination.ns);
  }

  Status read(const Gvk& gvk) {
    if (wanted_.contains("") || wanted_.size() > kMostNamespaces) return read(gvk, "");
    for (const std::string& ns : wanted_) TAUT_TRY(read(gvk, ns));
    return {};
  }

  // By namespace; those of all under "" where somebody asks for all.
  std::map<std::string, std::vector<argo::HeldObject>> finish() {
    for (auto& [ns, objects] : held_) argo::adopt_claims(objects, stateful_sets_);
    return std::move(held_);
  }

 private:
  Status read(const Gvk& gvk, const std::string& ns) {
    // Their templates say which claims are theirs.
    bool whole = gvk.kind == "StatefulSet" && gvk.group == "apps";
    auto list = cluster_.list(gvk, {.ns = ns, .label_selector = {}, .field_selector = {}, .metadata_only = !whole});
    if (!list) {
      Code code = list.error().code();
      // A kind that may not be seen, or whose server is away, leaves the others alone.
      bool may_not = code == Code::kForbidden || code == Code::kNotFound || code == Code::kUnsupported || code == Code::kUnavailable;
      return may_not ? Status() : Status(tl::unexpected(list.error()));
    }
    for (const Value& object : list->items) {
      std::string at(namespace_of(object));
      bool everywhere = wanted_.contains("");
      if (!everywhere && !wanted_.contains(at)) continue;
      argo::HeldObject held = argo::held_object(gvk, object, search_.label_key);
      if (everywhere) held_[""].push_back(held);
      if (!at.empty() && wanted_.contains(at)) held_[at].push_back(std::move(held));
      if (whole && !object["spec"]["volumeClaimTemplates"].empty()) stateful_sets_.push_back(object);
    }
    return {};
  }

  Cluster& cluster_;
  const OrphanSearch& search_;
  std::set<std::string> wanted_;
  std::map<std::string, std::vector<argo::HeldObject>> held_;
  std::vector<Value> stateful_sets_;
};

}  // namespace

Result<std::vector<OrphanCount>> count_orphans(Cluster& cluster, const OrphanSearch& search) {
  TAUT_ASSIGN(Discovery discovery, cluster.discover());
  Lister lister(cluster, search);
  for (const Gvk& gvk : kinds_to_list(discovery, search)) TAUT_TRY(lister.read(gvk));
  auto held = lister.finish();
  std::vector<OrphanCount> out;
  auto exists = [&](const std::string& name) { return search.applications->contains(name); };
  // Applications of one place are asked about together.
  std::map<std::tuple<uint64_t, std::string, std::string>, argo::OrphanCounter> counters;
  for (const auto& [unit, place, resources] : search.items) {
    const auto& [server, name, ns] = place.destination;
    auto counter = counters.try_emplace({place.project.value().hash(), name, ns}, held[ns], place, exists).first;
    out.push_back({unit, counter->second.count(resources)});
  }
  return out;
}

}  // namespace taut::controller
