#include "sandbox/kinds/restore.hh"

#include <fmt/format.h>

#include <cmath>

namespace taut::sandbox::kinds {
namespace {

using Fault = std::optional<std::string>;

// reflect.Kind of a value as it came out of JSON.
std::string_view go_kind(const Value& value) {
  switch (value.kind()) {
    case Kind::kBool: return "bool";
    case Kind::kInt: return "int64";
    case Kind::kUint: case Kind::kDouble: return "float64";
    case Kind::kString: return "string";
    case Kind::kList: return "slice";
    case Kind::kMap: return "map";
    default: return "invalid";
  }
}

std::string_view scalar_kind(char shape) {
  switch (shape) {
    case 'b': return "bool";
    case 'i': return "int32";
    case 'l': return "int64";
    case 'f': return "float64";
    default: return "string";
  }
}

Fault scalar_fault(const GoExpression& type, std::string_view name, const Value& value) {
  const std::string_view from = go_kind(value), to = scalar_kind(type.shape);
  const bool number = type.shape == 'i' || type.shape == 'l' || type.shape == 'f';
  if (from == to || (number && from == "int64")) return {};
  if (number && from == "float64") {
    if (type.shape == 'f' || value.as_double() == std::trunc(value.as_double())) return {};
    return fmt::format("cannot convert float64 to {}", name.empty() ? to : name);
  }
  // Go has a conversion from numbers to text, which is not what is meant here.
  if (to == "string" && from == "int64") return fmt::format("cannot convert int64 to {}", name.empty() ? to : name);
  return fmt::format("unrecognized type: {}", to);
}

Fault struct_fault(const Shape& shape, const Value& value);

Fault expression_fault(const GoExpression& type, std::string_view name, const Value& value) {
  if (value.is_null()) return {};
  switch (type.shape) {
    case 'S': return struct_fault(*type.type, value);
    case '[':
      if (!value.is_list()) return fmt::format("cannot restore slice from {}", go_kind(value));
      for (const Value& item : value.items()) {
        if (Fault fault = expression_fault(*type.element, name.starts_with("[]") ? name.substr(2) : "", item)) return fault;
      }
      return {};
    case '{':
      if (!value.is_map()) return fmt::format("cannot restore map from {}", go_kind(value));
      for (const Entry& entry : value.entries()) {
        if (Fault fault = expression_fault(*type.element, "", entry.value)) return fault;
      }
      return {};
    case 's': case 'b': case 'i': case 'l': case 'f': return scalar_fault(type, name, value);
    case 'y':
      if (!value.is_string()) return fmt::format("cannot restore slice from {}", go_kind(value));
      return {};
    default: return {};
  }
}

Fault struct_fault(const Shape& shape, const Value& value) {
  if (!value.is_map()) return fmt::format("cannot restore struct from: {}", go_kind(value));
  for (const GoField& field : shape.fields) {
    Fault fault = field.name.empty() ? struct_fault(*field.expression.type, value)
                                     : expression_fault(field.expression, field.go_name, value[field.name]);
    if (fault) return fault;
  }
  return {};
}

}  // namespace

std::optional<std::string> restore_fault(const Shape& shape, const Value& object) { return struct_fault(shape, object); }

}  // namespace taut::sandbox::kinds
