// AppProject: which sources, destinations and kinds its applications may use.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "dialect/argo/resource_filter.hh"
#include "engine/unit.hh"
#include "value/value.hh"

namespace taut::argo {

struct DestinationRef {
  std::string server;
  std::string name;
  std::string ns;
};

// A glob, or a regular expression between slashes (util/security of Argo CD).
bool namespace_matches(std::string_view pattern, std::string_view ns);

// Rules of pkg/apis/application/v1alpha1/app_project_types.go: globs, `!` denies, and any deny wins.
class Project {
 public:
  explicit Project(Value project) : project_(std::move(project)) {}
  // The project that allows everything, which Argo CD's installation calls "default".
  static Project permissive();

  std::string name() const;
  bool allows_source(std::string_view repo) const;
  bool allows_destination(const DestinationRef& destination) const;
  bool allows_kind(std::string_view group, std::string_view kind, std::string_view name, bool namespaced) const;
  // Applications outside the control namespace need to be listed in sourceNamespaces.
  bool allows_application_namespace(std::string_view ns, std::string_view control_namespace) const;
  const Value& value() const { return project_; }

 private:
  Value project_;
};

// The project as the engine asks it about objects of one application.
// `filter` says which kinds are left out altogether; may be null.
std::shared_ptr<const engine::Permissions> permissions_of(Project project, DestinationRef destination,
                                                          std::shared_ptr<const ResourceFilter> filter = nullptr);

}  // namespace taut::argo
