// metadata.managedFields as a tree that can be asked: who owns a field, and how a list is keyed.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "value/value.hh"

namespace taut::plan {

class ManagedFields {
 public:
  explicit ManagedFields(const Value& object);

  // What `manager` applied by server-side apply (FieldsV1), or null.
  Value applied_by(std::string_view manager) const;
  // The union of what all managers own, to read how lists are keyed.
  const Value& all() const { return all_; }
  // The managers that own the field at this FieldsV1 path ("f:spec", "f:replicas") or, with `inside`, anything
  // below it. `except` is left out. Owners of the status subresource do not count.
  std::vector<std::string> owners(const std::vector<std::string>& path, std::string_view except = {},
                                  bool inside = false) const;

 private:
  struct Entry {
    std::string manager;
    bool apply;
    Value fields;
  };
  std::vector<Entry> entries_;
  Value all_;
};

// metadata.managedFields with what was applied on the client's side (by kubectl, or by `manager` itself as Argo CD does)
// made an apply of `manager`; null where nothing was, which is where the object has no last-applied-configuration.
Value without_client_side(const Value& object, std::string_view manager);

// metadata.managedFields with the entries that `takes` chooses, by manager and whether it applied, made one with the apply
// of `manager`; null where it chooses none. Entries of subresources stay.
Value handed_over(const Value& object, std::string_view manager, const std::function<bool(std::string_view owner, bool applied)>& takes);

// The keys of the `k:{...}` elements below a node of FieldsV1: how the list there is keyed; empty when it is not.
std::vector<std::string> list_keys(const Value& fields);
// True when the list is a set of values (`v:` elements).
bool is_set(const Value& fields);

}  // namespace taut::plan
