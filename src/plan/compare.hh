// Would applying the desired object change the live one, and where?
//
// The question is the one a server-side apply answers: every field that is wanted must be there and equal, and no
// field that this manager applied before may be left over. What only the server or others add (defaults, status,
// fields of other managers) is no difference. How lists are keyed is read from the live object's managedFields.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "plan/plan.hh"

namespace taut::plan {

struct CompareOptions {
  std::string_view manager;  // the field manager that applies
  // What the API server made of this same desired object when it was last applied, or null: where the server
  // writes a value in its own form ("1000m" as "1"), that form is no difference.
  Value baseline;
};

// The fields that an apply would change; empty when the live object is as wanted. Values of a Secret's data are
// masked. Linear in the size of both.
std::vector<FieldChange> compare(const Value& desired, const Value& live, const CompareOptions& options);

// The desired object in the form in which the server keeps it: no status, no null creationTimestamp, a Secret's
// stringData folded into data.
Value normalized(Value desired);

}  // namespace taut::plan
