// Paths into an object as field ownership names them: `.spec.containers[name="app"].image`.
//
// Mirrors structured-merge-diff v6 (fieldpath.PathElement), the library of kube-apiserver 1.36: the order, the
// text and the serialized form.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hh"
#include "value/value.hh"

namespace taut::smd {

// One step from a container to what it holds. The kinds are in the order in which they sort.
struct PathElement {
  enum class Kind : uint8_t {
    kField,  // of a map; `value` is its name
    kKey,    // of an associative list of maps; `value` is the map of its key fields
    kValue,  // of a set; `value` is the item
    kIndex,  // of an atomic list; `value` is the position
  };
  Kind kind = Kind::kField;
  Value value;

  static PathElement field(std::string_view name) { return {Kind::kField, Value(name)}; }
  static PathElement key(Value fields) { return {Kind::kKey, std::move(fields)}; }
  static PathElement item(Value value) { return {Kind::kValue, std::move(value)}; }
  static PathElement index(int64_t position) { return {Kind::kIndex, Value(position)}; }

  // As the API server prints it: `.name`, `[name="x",port=80]`, `[="x"]`, `[3]`.
  std::string to_string() const;
  // As it stands in fieldsV1: `f:name`, `k:{"name":"x"}`, `v:"x"`, `i:3`.
  std::string serialize() const;
  // Nothing for a kind that is not known, which is to be skipped; an error for text that cannot be read.
  static Result<std::optional<PathElement>> parse(std::string_view text);

  static int compare(const PathElement& a, const PathElement& b);
  bool operator==(const PathElement& other) const { return compare(*this, other) == 0; }
  bool operator<(const PathElement& other) const { return compare(*this, other) < 0; }
};

using Path = std::vector<PathElement>;

std::string to_string(const Path& path);

// The order of values in paths: numbers by size, then strings, bools, lists, maps and null.
int compare_values(const Value& a, const Value& b);

}  // namespace taut::smd
