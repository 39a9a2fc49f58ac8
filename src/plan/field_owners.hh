// Who set which field of a live object, by its managedFields.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "value/value.hh"

namespace taut::plan {

struct FieldOwner {
  std::string manager;      // "kubectl-client-side-apply"
  std::string operation;    // "Apply" or "Update"
  std::string subresource;  // "scale", "status"; "" for none
  std::string time;         // RFC 3339, of the entry's last change
  bool operator==(const FieldOwner&) const = default;
};

// The owners of each leaf of the object, by JSON pointer. Who owns a map or list as a whole owns what is in it. Fields
// that nobody owns (defaults, `status` where it is not tracked) are missing.
std::map<std::string, std::vector<FieldOwner>> field_owners(const Value& object);

}  // namespace taut::plan
