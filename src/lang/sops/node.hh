// Node: a document in the order in which it is written, which the check over all of its values goes by.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.hh"
#include "value/value.hh"

namespace taut::sops {

struct Field;

struct Node {
  enum class Kind { kScalar, kList, kMap };
  Kind kind = Kind::kScalar;
  Value scalar;
  std::vector<Field> fields;  // the names of a list's items are empty
  size_t at = std::string::npos;  // where the value starts in the text; unknown: npos
  size_t key_at = std::string::npos;
  bool date = false;     // a text that YAML is to read as a time
  bool comment = false;  // of a dotenv file, or in a list of YAML

  const Node* find(std::string_view key) const;
};

struct Field {
  std::string name;
  Node node;
};

// Without comments.
Value to_value(const Node& node);
Node from_value(const Value& value);

// A JSON object with its fields in their order. kInvalid in the words of encoding/json, and for what is no object.
Result<Node> read_json(std::string_view text);
// As json.Indent writes it with tabs, with a line feed at the end.
std::string write_json(const Node& node);

}  // namespace taut::sops
