// A compiled schema: one object or boolean of a document, with the schemas that it leads to.
#pragma once

#include <re2/re2.h>

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "value/value.hh"

namespace taut::jsonschema {

struct Node;
struct Resource;

// The kinds of JSON as bits, in the order in which messages list them.
enum TypeBit : uint8_t {
  kNullBit = 1,
  kBooleanBit = 2,
  kNumberBit = 4,
  kIntegerBit = 8,
  kStringBit = 16,
  kArrayBit = 32,
  kObjectBit = 64,
};

// A check of `format`; gives what is wrong.
using FormatCheck = std::optional<std::string> (*)(std::string_view text);
struct Format {
  std::string_view name;
  FormatCheck check;
};
// nullptr for a name that is not known.
const Format* find_format(std::string_view name);

struct Pattern {
  std::string text;
  std::shared_ptr<const RE2> compiled;
  // What a match costs at most, in units of Effort.
  uint64_t steps(std::string_view subject) const {
    return subject.size() * static_cast<uint64_t>(compiled->ProgramSize()) / 1000;
  }
  bool matches(std::string_view subject) const {
    return RE2::PartialMatch(re2::StringPiece(subject.data(), subject.size()), *compiled);
  }
};

// false, true or a schema.
struct Additional {
  std::optional<bool> allowed;
  const Node* node = nullptr;
  bool given() const { return allowed || node; }
};

struct Dependent {
  std::string property;
  std::vector<std::string> required;
  const Node* node = nullptr;  // instead of `required`
};

using Named = std::vector<std::pair<std::string, const Node*>>;

struct Node {
  std::string location;  // "file:///values.schema.json#/properties/a"
  int draft = 2020;
  const Resource* resource = nullptr;

  std::optional<bool> boolean;
  uint8_t types = 0;
  std::optional<Value> constant;
  std::optional<std::vector<Value>> enumeration;
  const Format* format = nullptr;

  const Node* ref = nullptr;
  const Node* recursive_ref = nullptr;
  const Node* dynamic_ref = nullptr;
  std::string dynamic_ref_anchor;
  std::string dynamic_anchor;
  bool recursive_anchor = false;

  std::optional<int64_t> min_properties, max_properties, min_items, max_items, min_length, max_length, min_contains,
      max_contains;
  std::optional<double> minimum, maximum, exclusive_minimum, exclusive_maximum, multiple_of;
  bool unique_items = false;
  std::vector<std::string> required;
  std::optional<Pattern> pattern;

  Named properties;  // sorted
  std::vector<std::pair<Pattern, const Node*>> pattern_properties;
  Additional additional_properties;
  std::vector<Dependent> dependencies, dependent_schemas, dependent_required;
  const Node* property_names = nullptr;

  const Node* items = nullptr;                // of all items, or of those behind `items_list`
  std::vector<const Node*> items_list;        // of the first items
  Additional additional_items;                // up to 2019-09
  const Node* contains = nullptr;

  std::vector<const Node*> all_of, any_of, one_of;
  const Node* not_ = nullptr;
  const Node* if_ = nullptr;
  const Node* then_ = nullptr;
  const Node* else_ = nullptr;
  const Node* unevaluated_properties = nullptr;
  const Node* unevaluated_items = nullptr;
};

}  // namespace taut::jsonschema
