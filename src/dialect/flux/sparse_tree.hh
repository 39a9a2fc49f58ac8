// The part of a GitRepository that spec.sparseCheckout names.
#pragma once

#include "tree/tree.hh"
#include "value/value.hh"

namespace taut::flux {

// The tree with what lies below these folders and nothing else. kNotFound in Flux's words where one is not there.
Result<TreePtr> only_folders(TreePtr tree, const Value& folders);

}  // namespace taut::flux
