// What changed between two Values, field by field, as a person wants to read it.
//
// Lists whose items are maps with a name ("containers", "env", "ports") are compared name by name, as
// `.spec.containers[name=web].image`; other lists by position, after what they share at both ends.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "value/value.hh"

namespace taut {

struct Change {
  std::string path;             // ".spec.replicas"; "." for the whole
  std::optional<Value> before;  // nothing: the field was added
  std::optional<Value> after;   // nothing: the field was removed
  bool operator==(const Change&) const = default;
};

// Changes in the order of the fields; none when the Values are equal. Shared parts cost one comparison.
std::vector<Change> diff(const Value& before, const Value& after);

struct DiffPrintOptions {
  bool color = false;
  size_t max_value = 120;  // longer values are cut, by bytes
};

// One line a change: `.spec.replicas: 2 -> 3`, `.metadata.labels.app: + "web"`, `.spec.paused: - true`.
std::string print_diff(const std::vector<Change>& changes, const DiffPrintOptions& options = {});

}  // namespace taut
