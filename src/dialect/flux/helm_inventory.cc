#include "dialect/flux/helm_inventory.hh"

#include <fmt/format.h>

#include "dialect/flux/inventory.hh"
#include "release/resources.hh"

namespace taut::flux {
namespace {

void add(Value& entries, const ObjectRef& ref) {
  ObjectId id{ref.gvk.group, ref.gvk.kind, ref.ns, ref.name};
  entries.push_back(Value::map({{"id", inventory_id(id)}, {"v", ref.gvk.version}}));
}

}  // namespace

void keep_inventory(HelmWork& work, const release::Release& release) {
  release::Run run(work.releases());
  Value entries = Value::list();
  auto add_all = [&](const Result<release::Resources>& resources) {
    if (resources) {
      for (const release::Resource& resource : *resources) add(entries, resource.ref);
      return true;
    }
    work.note("Warning", "InventoryBuildFailed",
              fmt::format("failed to build inventory for {}/{}: {}", work.read.self.ns, work.read.self.name, resources.error().message()));
    return false;
  };
  if (!add_all(release::build_resources(run, release.manifest, release.ns))) return;
  auto files = helm::chart_crds(work.wish->chart, work.wish->values, run.world.compat);
  if (!files) return;
  for (const helm::CrdFile& file : *files)
    if (!add_all(release::build_resources(run, *file.text, ""))) return;
  work.status.set("inventory", Value::map({{"entries", std::move(entries)}}));
}

}  // namespace taut::flux
