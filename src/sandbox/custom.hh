// Custom resources: what a version of a CustomResourceDefinition says about its objects.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/time.hh"
#include "sandbox/kinds/strategy.hh"
#include "sandbox/registry.hh"
#include "schema/crd.hh"
#include "value/value.hh"

namespace taut::sandbox {

// One served version of a CRD. Immutable and thread-safe.
class CustomVersion {
 public:
  // `version` is an entry of spec.versions of `crd`.
  static Result<std::shared_ptr<const CustomVersion>> make(const Value& crd, const Value& version);

  const Value& schema() const { return schema_->source(); }
  const schema::Type& type() const { return schema_->type(); }
  bool has_status() const { return has_status_; }
  // JSON paths of the scale subresource (".spec.replicas"); null without one.
  const Value& scale() const { return scale_; }
  const std::string& deprecation_warning() const { return deprecation_; }

  // Drops what the schema does not know, and nulls that it does not allow; the paths are appended.
  void prune(Value& object, std::vector<std::string>* unknown, bool keep_nulls = false) const;
  void apply_defaults(Value& object) const { schema_->apply_defaults(object); }
  // In the words of the real server; `old` is null on create.
  std::vector<kinds::Problem> validate(const Value& object, const Value* old) const;

  const std::vector<kinds::Column>& columns() const { return columns_; }
  std::vector<Value> row(const Value& object, Time now) const;

 private:
  std::optional<schema::CrdSchema> schema_;
  bool has_status_ = false;
  Value scale_;
  std::string deprecation_;
  std::vector<kinds::Column> columns_;
  std::vector<std::string> column_paths_;
};

// The resources that a CRD serves; versions whose schema cannot be used are left out.
std::vector<ResourcePtr> custom_resources(const Value& crd);

// What is behind a JSON path such as ".spec.replicas" or ".status.conditions[?(@.type==\"Ready\")].status"; the
// first match, or null.
Value json_path(const Value& object, std::string_view path);

}  // namespace taut::sandbox
