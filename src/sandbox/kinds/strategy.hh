// What the API server knows about each built-in kind beyond its schema: defaults, what a client may not set,
// validation, immutability, and how a row of `kubectl get` looks. Mirrors kube-apiserver 1.36
// (pkg/apis/*/v1/defaults.go, pkg/apis/*/validation, pkg/registry/*/strategy.go, pkg/printers/internalversion).
//
// All functions are pure and thread-safe; a kind that has no entry gets the generic behaviour of each function.
// Objects come here decoded: unknown fields are gone, types fit, quantities and times are in canonical form,
// zero values are present or absent as Go's encoder leaves them. Object metadata (names, labels, owners, uid,
// resourceVersion, managedFields) is the caller's business, except metadata.generation in prepare_*.
//
// The order in which the API machinery calls them:
//   create: apply_defaults, prepare_create, validate_create, warnings
//   update: apply_defaults, prepare_update, (nothing changed: no write), validate_update, warnings
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.hh"
#include "object/id.hh"
#include "value/value.hh"

namespace taut::sandbox::kinds {

// One cause of a 422 answer. `type` is the machine reason of the cause ("FieldValueInvalid",
// "FieldValueRequired", "FieldValueNotSupported", "FieldValueForbidden", "FieldValueDuplicate",
// "FieldValueTooLong", "FieldValueTooMany"); `message` is field.Error.ErrorBody(), without the field:
// `Invalid value: "x": must be ...`, "Required value"; `field` is "spec.template.spec.containers[0].name".
struct Problem {
  std::string type;
  std::string message;
  std::string field;
};

// Decoding conversions and defaults of one version (Secret.stringData into data, protocol TCP, replicas 1, ...).
void apply_defaults(const Gvk& gvk, Value& object);

// Drops what clients may not set on create (status where it is a subresource, ...) and sets generation 1 for
// the kinds that count it.
void prepare_create(const Gvk& gvk, Value& object);

// Makes `fresh` what an update through `subresource` ("" or "status", ...) may change of `old`: status kept on
// the main resource, all but status (and the metadata that the server lets through) kept on "status", and
// metadata.generation carried over or bumped.
void prepare_update(const Gvk& gvk, Value& fresh, const Value& old, std::string_view subresource);

// In the order in which the real server reports them.
std::vector<Problem> validate_create(const Gvk& gvk, const Value& object);
std::vector<Problem> validate_update(const Gvk& gvk, const Value& fresh, const Value& old,
                                     std::string_view subresource);

// How often a kind's own code looks at the metadata of an update, besides the generic code: every look reports.
struct MetadataLooks {
  int updates = 1;  // ValidateObjectMetaUpdate
  int wholes = 0;   // ValidateObjectMeta
};
MetadataLooks metadata_looks(const Gvk& gvk, std::string_view subresource);

// Why a name is not allowed for this kind ("a lowercase RFC 1123 subdomain must consist of ..."); empty when it
// is. `prefix` is true for generateName, which may end in a dash.
std::vector<std::string> name_errors(const Gvk& gvk, std::string_view name, bool prefix);

// Texts of `Warning: 299` headers for an accepted write; `old` is null on create.
std::vector<std::string> warnings(const Gvk& gvk, const Value& object, const Value* old);

// One column of a Table, as in metav1.TableColumnDefinition; `format` is "name" for the first column.
struct Column {
  std::string name;
  std::string type = "string";
  std::string format;
  std::string description;
  int priority = 0;  // above 0: shown by `-o wide` only
};

// The columns of a kind; Name and Age for kinds without an entry.
std::span<const Column> table_columns(const Gvk& gvk);
// The cells for these columns; ages are counted up to `now`.
std::vector<Value> table_row(const Gvk& gvk, const Value& object, Time now);

}  // namespace taut::sandbox::kinds
