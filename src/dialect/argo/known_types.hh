// Fields of custom resources that are of a type of Kubernetes' own: `resource.customizations.knownTypeFields`.
//
// Such fields are compared as Go would write them after reading them, so that "2000m" and "2", or a `readOnly: false`
// that the controller leaves out, are no difference. Mirrors util/argo/normalizers of Argo CD 3.5.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hh"
#include "value/value.hh"

namespace taut::argo {

class KnownTypes {
 public:
  // `field` is a path with dots ("spec.template.spec"), which also goes into every item of a list; `type`
  // "core/Quantity", "meta/v1/Duration" or a type of core/v1. kInvalid "type 'x' is not supported".
  Status add(std::string_view group, std::string_view kind, std::string_view field, std::string_view type);

  // The object with its fields in Go's form. kInvalid in the words of Go's decoder where a field does not fit its type;
  // what came before it has been done. A Rollout's pod template is known without being named.
  Status apply(Value& object) const;

 private:
  struct Field {
    std::vector<std::string> path;
    std::string type;
  };
  std::map<std::pair<std::string, std::string>, std::vector<Field>> kinds_;
};

}  // namespace taut::argo
