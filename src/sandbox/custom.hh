// Custom resources: what a version of a CustomResourceDefinition says about its objects.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/time.hh"
#include "sandbox/kinds/strategy.hh"
#include "sandbox/registry.hh"
#include "value/value.hh"

namespace taut::sandbox {

// One served version of a CRD. Immutable and thread-safe.
class CustomVersion {
 public:
  // `version` is an entry of spec.versions of `crd`.
  CustomVersion(const Value& crd, const Value& version);

  const Value& schema() const { return schema_; }
  const schema::Type& type() const { return *type_; }
  bool preserves_unknown_fields() const { return preserve_; }
  bool has_status() const { return has_status_; }
  // JSON paths of the scale subresource (".spec.replicas"); null without one.
  const Value& scale() const { return scale_; }
  const std::string& deprecation_warning() const { return deprecation_; }

  // Drops what the schema does not know; the paths are appended in the order of keys.
  void prune(Value& object, std::vector<std::string>* unknown) const;
  void apply_defaults(Value& object) const;
  // In the words and order of the real server's structural validation.
  std::vector<kinds::Problem> validate(const Value& object) const;

  const std::vector<kinds::Column>& columns() const { return columns_; }
  std::vector<Value> row(const Value& object, Time now) const;

 private:
  Value schema_;
  std::shared_ptr<const void> types_;  // owns `type_`
  const schema::Type* type_ = nullptr;
  bool preserve_ = false;
  bool has_status_ = false;
  Value scale_;
  std::string deprecation_;
  std::vector<kinds::Column> columns_;
  std::vector<std::string> column_paths_;
};

// The resources that an established CRD serves, its stored version included.
std::vector<ResourcePtr> custom_resources(const Value& crd);

}  // namespace taut::sandbox
