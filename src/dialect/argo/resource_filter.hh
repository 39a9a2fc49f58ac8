// Which kinds Argo CD looks at: resource.exclusions and resource.inclusions of argocd-cm (util/settings, v3.5).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.hh"
#include "value/value.hh"

namespace taut::argo {

class ResourceFilter {
 public:
  // Each a YAML list of {apiGroups, kinds, clusters}, globs all of them; an empty list of these matches everything.
  static Result<ResourceFilter> read(const Value& exclusions, const Value& inclusions);

  // Events and metrics are always left out; then what an exclusion names, or what no inclusion does where there are
  // some.
  bool excludes(std::string_view group, std::string_view kind, std::string_view server) const;
  bool empty() const { return exclusions_.empty() && inclusions_.empty(); }

 private:
  std::vector<Value> exclusions_;
  std::vector<Value> inclusions_;
};

}  // namespace taut::argo
