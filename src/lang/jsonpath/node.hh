// A parsed template.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

namespace taut::jsonpath {

enum class NodeType : uint8_t {
  kText,
  kArray,
  kList,
  kField,
  kIdentifier,
  kFilter,
  kInt,
  kFloat,
  kWildcard,
  kRecursive,
  kUnion,
  kBool,
};

// One of the three numbers of a slice.
struct SlicePart {
  int64_t value = 0;
  bool known = false;
  bool derived = false;  // the end of [n], n + 1
};

struct Node {
  NodeType type = NodeType::kList;
  std::string text = {};         // text, the name of a field or an identifier, the operator of a filter
  int64_t integer = 0;           // an int; for a bool 0 or 1
  double real = 0;               // a float
  std::array<SlicePart, 3> slice = {};
  std::vector<Node> nodes = {};  // of a list and a union; of a filter its left side and its right one, both lists
};

}  // namespace taut::jsonpath
