// The structural schema of one version of a CustomResourceDefinition, put to work: the type for merging, pruning,
// defaults, and validation in the API server's words.
//
// Mirrors apiextensions-apiserver 1.36 (pkg/apiserver/schema and kube-openapi's validation). A CrdSchema is
// immutable and may be shared between threads; copies share one state. `x-kubernetes-validations` (CEL) are not
// evaluated here.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/result.hh"
#include "schema/type.hh"
#include "value/value.hh"

namespace taut::schema {

// One cause of a 422 answer, as field.Error has it.
struct FieldError {
  std::string reason;   // "FieldValueInvalid", "FieldValueRequired", "FieldValueTypeInvalid", ...
  std::string message;  // `Invalid value: 0: spec.i in body should be greater than or equal to 1`
  std::string field;    // "spec.i"; "<nil>" where the server has no path
};

class CrdSchema {
 public:
  // `schema` is spec.versions[].schema.openAPIV3Schema (null: anything goes); `preserve_unknown_fields` the CRD's
  // spec.preserveUnknownFields. Fails with kInvalid on a pattern that is no regular expression.
  static Result<CrdSchema> compile(const Value& schema, bool preserve_unknown_fields = false);

  // The type by which objects of this version merge.
  const Type& type() const;
  const Value& source() const;

  // Removes the fields that the schema does not know, but never apiVersion, kind and metadata of the object or of
  // embedded objects. Paths as in "unknown field" errors: `spec.list[0].extra`, sorted.
  void prune(Value& object, std::vector<std::string>* pruned = nullptr) const;
  // Removes nulls that the schema does not allow and for which it has no default; part of decoding.
  void drop_nulls(Value& object) const;
  // Fills in defaults, also for nulls that are not allowed.
  void apply_defaults(Value& object) const;

  // Everything that is wrong with an object, in the server's order but for objects' fields, which come sorted.
  // With `old`, values that did not change are not looked at again (ratcheting).
  std::vector<FieldError> validate(const Value& object, const Value* old = nullptr) const;
  // The same for status alone, with fields below "status".
  std::vector<FieldError> validate_status(const Value& status, const Value* old = nullptr) const;

  struct State;  // of the implementation

 private:
  std::shared_ptr<const State> state_;
};

}  // namespace taut::schema
