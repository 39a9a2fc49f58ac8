// The order of the output.
#pragma once

#include "kustomize/resmap.hh"

namespace taut::kustomize {

// Sorts as `sortOptions` of a kustomization say: {order: fifo | legacy, legacySortOptions: {orderFirst, orderLast}}.
// Mirrors SortOrderTransformer of kustomize 5.8.1.
Status sort_resources(ResMap& map, const Value& sort_options);

}  // namespace taut::kustomize
