// The transformer configuration: the field specs of every transformer, built in and from `configurations` and `crds`.
#pragma once

#include <string_view>

#include "kustomize/fieldspec.hh"

namespace taut::kustomize {

// Fields that hold the name of an object of a kind.
struct NameReference {
  Gvk target;
  FieldSpecs referrers;
};

struct TransformerConfig {
  FieldSpecs name_prefix, name_suffix, name_space, common_labels, labels, template_labels, common_annotations,
      var_reference, images, replicas;
  std::vector<NameReference> name_reference;

  static const TransformerConfig& builtin();
  // A file of `configurations`; strict. The errors are sigs.k8s.io/yaml's.
  static Result<TransformerConfig> parse(std::string_view text);
  // Adds what is new and sorts. Fails where two specs of a field disagree about `create`.
  Status merge(const TransformerConfig& more);
  bool empty() const;
};

// The specs that a file of `crds` (OpenAPI definitions with x-kubernetes-* extensions) gives.
Result<TransformerConfig> config_of_crds(std::string_view text);

}  // namespace taut::kustomize
