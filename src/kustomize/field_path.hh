// Paths of replacements and vars: "spec.template.spec.containers.[name=web].image".
//
// Parts are separated by dots; "\." is a dot in a name, as are dots inside brackets. A part is a field, an index, "-" (the
// last item), "[key=value]", "[=value]" for items without fields, or "*" for all items. Mirrors kyaml 0.21.1
// (utils/pathsplitter.go, PathGetter and PathMatcher of kyaml/yaml).
#pragma once

#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hh"
#include "value/value.hh"

namespace taut::kustomize {

std::vector<std::string> split_field_path(std::string_view path);

// The value there, or nullptr when there is none; items are found by equal text. kInvalid when a part does not
// fit what is there ("wrong node kind: expected MappingNode but got SequenceNode: ...") or is "*".
Result<const Value*> find_field(const Value& root, std::span<const std::string> path);

// What is made where a path leads on and nothing is there.
enum class Create : uint8_t { kNothing, kScalar, kMap, kList };

// What was visited is an entry of the object, or lies in YAML or JSON inside of a text, where changes are lost.
using Visit = std::function<Status(Value&)>;

// Calls `visit` for every value that the path matches and gives their number. Here "[key=value]" compares by regular
// expression, unanchored.
Result<size_t> visit_field_path(Value& root, std::span<const std::string> path, Create create, const Visit& visit);

}  // namespace taut::kustomize
