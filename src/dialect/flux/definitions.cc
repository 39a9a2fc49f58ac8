#include "dialect/flux/definitions.hh"

#include "embedded/crd_flux_buckets.hh"
#include "embedded/crd_flux_gitrepositories.hh"
#include "embedded/crd_flux_helmcharts.hh"
#include "embedded/crd_flux_helmreleases.hh"
#include "embedded/crd_flux_helmrepositories.hh"
#include "embedded/crd_flux_kustomizations.hh"
#include "embedded/crd_flux_ocirepositories.hh"
#include "embedded/crd_flux_receivers.hh"
#include "yaml/reader.hh"

namespace taut::flux {

const std::vector<Value>& definitions() {
  static const auto* values = [] {
    auto* out = new std::vector<Value>;
    for (std::string_view text :
         {embedded::crd_flux_gitrepositories(), embedded::crd_flux_ocirepositories(), embedded::crd_flux_buckets(),
          embedded::crd_flux_kustomizations(), embedded::crd_flux_helmrepositories(), embedded::crd_flux_helmcharts(),
          embedded::crd_flux_helmreleases(), embedded::crd_flux_receivers()})
      if (auto document = parse_yaml_document(text)) out->push_back(document->root);
    return out;
  }();
  return *values;
}

}  // namespace taut::flux
