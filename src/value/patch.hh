// JSON patch (RFC 6902) and JSON merge patch (RFC 7386), with the semantics and words of evanphx/json-patch v4,
// which kube-apiserver, kustomize and Argo CD use.
#pragma once

#include "base/result.hh"
#include "value/value.hh"

namespace taut {

// Applies a list of operations in order; the first that fails is the error and nothing is changed. As in
// evanphx/json-patch: negative indices count from the end, `replace` of a map key that is not there adds it, `add`
// without a value adds null, a missing key tests equal to null, and an operation on the whole document (path "")
// can only be `replace` or `test`.
Result<Value> apply_json_patch(const Value& document, const Value& patch);

// Null deletes a key, maps merge, all else replaces. As in evanphx/json-patch, nulls are also dropped from what is
// new in the document, but not from lists that replace a map.
Value apply_merge_patch(const Value& document, const Value& patch);

// The smallest merge patch that makes `after` of `before`; an empty map when they are equal. Nulls in `after`
// cannot be expressed and are dropped.
Value make_merge_patch(const Value& before, const Value& after);

}  // namespace taut
