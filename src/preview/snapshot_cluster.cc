#include <algorithm>
#include <set>

#include "preview/snapshot.hh"
#include "schema/kinds.hh"

namespace taut::preview {
namespace {

bool can(const ApiResource& resource, std::string_view verb) {
  return std::find(resource.verbs.begin(), resource.verbs.end(), verb) != resource.verbs.end();
}

std::string kind_text(const Gvk& gvk) { return gvk.group.empty() ? gvk.kind : gvk.kind + '.' + gvk.group; }

bool is_builtin(const Gvk& gvk) {
  for (const schema::KindInfo& info : schema::builtin_kinds())
    if (info.group == gvk.group && info.kind == gvk.kind) return true;
  return false;
}

// Reads one cluster into one Snapshot.
class Reader {
 public:
  Reader(Cluster& cluster, const ReadOptions& options) : cluster_(cluster), options_(options) {}

  Result<Snapshot> run() {
    TAUT_ASSIGN(Discovery discovery, cluster_.discover());
    for (const auto& [group, why] : discovery.failed) out_.troubles.push_back({"API group " + group, why});
    const Gvk definitions{"apiextensions.k8s.io", "v1", "CustomResourceDefinition"};
    if (discovery.find(definitions) != nullptr) list(definitions);
    for (const Value& definition : out_.objects) note_definition(definition);
    for (const ApiResource& resource : discovery.resources) visit(discovery, resource);
    return std::move(out_);
  }

 private:
  // A custom kind is read in the version that it is stored in, where that one is served.
  void note_definition(const Value& definition) {
    const Value& spec = definition["spec"];
    std::string version;
    for (const Value& v : spec["versions"].items())
      if (v["storage"].as_bool() && v["served"].as_bool()) version = v["name"].str();
    custom_[{spec["group"].str(), spec["names"]["kind"].str()}] = version;
  }

  void visit(const Discovery& discovery, const ApiResource& resource) {
    const Gvk& gvk = resource.gvk;
    if (!seen_.insert({gvk.group, gvk.kind}).second) return;
    if (gvk.kind == "CustomResourceDefinition" || !can(resource, "list")) return;
    std::string why = reason_to_leave_out(resource);
    if (!why.empty()) {
      out_.left_out[kind_text(gvk)] = why;
      return;
    }
    Gvk wanted = gvk;
    auto custom = custom_.find({gvk.group, gvk.kind});
    if (custom != custom_.end() && !custom->second.empty()) wanted.version = custom->second;
    list(discovery.find(wanted) != nullptr ? wanted : gvk);
  }

  std::string reason_to_leave_out(const ApiResource& resource) const {
    const Gvk& gvk = resource.gvk;
    if (gvk.kind == "Event" && (gvk.group.empty() || gvk.group == "events.k8s.io")) return "history";
    if (gvk.kind == "Lease" && gvk.group == "coordination.k8s.io") return "held by processes of the original";
    if (gvk.kind == "Secret" && gvk.group.empty() && !options_.secrets) return "as asked";
    if (!can(resource, "create")) return "made by the server, not kept";
    if (!is_builtin(gvk) && !custom_.contains({gvk.group, gvk.kind})) return "served by an aggregated API server";
    return {};
  }

  void list(const Gvk& gvk) {
    auto found = cluster_.list(gvk, {});
    if (!found) {
      out_.troubles.push_back({kind_text(gvk), found.error().message()});
      return;
    }
    for (Value& object : found->items) out_.objects.push_back(std::move(object));
  }

  Cluster& cluster_;
  const ReadOptions& options_;
  std::map<std::pair<std::string, std::string>, std::string> custom_;  // version to read, by group and kind
  std::set<std::pair<std::string, std::string>> seen_;
  Snapshot out_;
};

}  // namespace

Result<Snapshot> read_cluster(Cluster& cluster, const ReadOptions& options) { return Reader(cluster, options).run(); }

}  // namespace taut::preview
