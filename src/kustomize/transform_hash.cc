// The suffixes that make names of generated objects change with their content.
#include "kustomize/hasher.hh"
#include "kustomize/plugin.hh"

namespace taut::kustomize {

Status add_hashes(ResMap& resources) {
  for (Resource& resource : resources) {
    if (!resource.needs_hash) continue;
    TAUT_ASSIGN(std::string hash, content_hash(resource));
    resource.store_previous_id();
    resource.set_name(resource.name() + "-" + hash);
  }
  resources.changed();
  return {};
}

Result<Transform> configure_hash(PluginConfig, const PluginContext&) { return Transform(add_hashes); }

}  // namespace taut::kustomize
