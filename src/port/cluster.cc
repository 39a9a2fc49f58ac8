#include "port/cluster.hh"

namespace taut {

const ApiResource* Discovery::find(const Gvk& gvk) const {
  for (const auto& resource : resources)
    if (resource.gvk == gvk) return &resource;
  return nullptr;
}

const ApiResource* Discovery::find(std::string_view group, std::string_view kind) const {
  for (const auto& resource : resources)
    if (resource.gvk.group == group && resource.gvk.kind == kind) return &resource;
  return nullptr;
}

}  // namespace taut
