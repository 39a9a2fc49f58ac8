// What an Application waits for: the annotation taut.dev/depends-on, a list with commas of KIND/NAME or KIND/NAMESPACE/NAME, where
// KIND is Application, Kustomization or HelmRelease (Flux's). Argo CD has no such thing.
#pragma once

#include <string>
#include <vector>

#include "object/id.hh"
#include "value/value.hh"

namespace taut::argo {

inline constexpr std::string_view kDependsOnAnnotation = "taut.dev/depends-on";

struct Dependency {
  Gvk gvk;
  std::string ns;  // the Application's own where none is named
  std::string name;
  // As the graph of dependencies and messages name it: "Kustomization/flux-system/infra".
  std::string node() const;
  bool operator==(const Dependency&) const = default;
};

struct DependsOn {
  std::vector<Dependency> list;
  std::vector<std::string> faults;  // what cannot be read
};
DependsOn read_depends_on(const Value& application);

// Whether who waits for the object may go on: an Application that is Synced and Healthy, or an object of Flux that is Ready as
// of its latest generation.
bool is_ready(const Value& object);

}  // namespace taut::argo
