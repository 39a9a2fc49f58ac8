// Global projects: AppProjects that others inherit from by their labels (argocd-cm `globalProjects`, util/argo, v3.5).
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "object/selector.hh"
#include "value/value.hh"

namespace taut::argo {

struct GlobalProject {
  std::string name;
  LabelSelector heirs;
};

// Reads the text of `globalProjects`; what cannot be read is left out and told in `errors`.
std::vector<GlobalProject> read_global_projects(std::string_view text, std::vector<std::string>& errors);

// The project with all that it inherits: kinds, windows, repositories and destinations, after its own. `find` gives a
// project by its name, or null.
Value with_inherited(Value project, const std::vector<GlobalProject>& globals, const std::function<Value(const std::string& name)>& find);

}  // namespace taut::argo
