#include "dialect/argo/definitions.hh"

#include "embedded/crd_applications.hh"
#include "embedded/crd_applicationsets.hh"
#include "embedded/crd_appprojects.hh"
#include "yaml/reader.hh"

namespace taut::argo {

const std::vector<Value>& definitions() {
  static const auto* values = [] {
    auto* out = new std::vector<Value>;
    for (std::string_view text : {embedded::crd_applications(), embedded::crd_appprojects(), embedded::crd_applicationsets()})
      if (auto document = parse_yaml_document(text)) out->push_back(document->root);
    return out;
  }();
  return *values;
}

}  // namespace taut::argo
