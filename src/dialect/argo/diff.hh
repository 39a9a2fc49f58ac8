// Argo CD's own comparison of a desired object with a live one, in all its ways (gitops-engine pkg/diff, v3.5).
//
// taut itself compares by owners (plan/compare.hh), which needs neither an annotation nor a call to the server. These
// are here to say what Argo CD would say of the same two objects.
#pragma once

#include <functional>
#include <string>

#include "base/result.hh"
#include "plan/normalizer.hh"
#include "value/value.hh"

namespace taut::argo {

struct DiffOptions {
  bool ignore_aggregated_roles = false;
  bool structured_merge = false;  // also asked for by the object's annotation ServerSideApply=true
  bool server_side = false;
  bool ignore_mutation_webhook = true;
  std::string manager;
  const plan::Normalizer* normalizer = nullptr;
  // What the server answers to a server-side apply that is only tried.
  std::function<Result<Value>(const Value& desired)> dry_run;
};

struct DiffResult {
  bool modified = false;
  Value live;       // as it is compared
  Value predicted;  // as it would be after an apply
};

// Either may be null (created, deleted), not both. Errors are those of merging what does not fit its type.
Result<DiffResult> diff(Value desired, Value live, const DiffOptions& options);

// Its parts: `original` is what was applied last.
Result<DiffResult> three_way_diff(const Value& original, const Value& desired, const Value& live);
Result<DiffResult> structured_merge_diff(const Value& desired, const Value& live, const std::string& manager);
Result<DiffResult> server_side_diff(const Value& desired, const Value& live, const DiffOptions& options);

// The form in which objects are compared: no creationTimestamp, a Secret's text folded into its data, empty rules
// null, Endpoints sorted, then what the options' normalizer does.
void normalize(Value& object, const DiffOptions& options);

}  // namespace taut::argo
