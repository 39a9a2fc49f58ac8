#include "value/go_text.hh"

#include "base/go_number.hh"
#include "base/strings.hh"

namespace taut {

std::string go_text(const Value& value) {
  switch (value.kind()) {
    case Kind::kNull: return "<nil>";
    case Kind::kString: return value.str();
    case Kind::kBool: return value.as_bool() ? "true" : "false";
    case Kind::kList: {
      std::vector<std::string> parts;
      for (const Value& item : value.items()) parts.push_back(go_text(item));
      return "[" + join(parts, " ") + "]";
    }
    case Kind::kMap: {
      std::vector<std::string> parts;
      for (const Entry& e : value.entries()) parts.push_back(e.name.str() + ":" + go_text(e.value));
      return "map[" + join(parts, " ") + "]";
    }
    case Kind::kInt: return std::to_string(value.as_int());
    case Kind::kUint:
    case Kind::kDouble: return format_go_float(value.as_double(), 'g', -1);
  }
  return {};
}

std::string go_syntax(const Value& value) {
  switch (value.kind()) {
    case Kind::kNull: return "interface {}(nil)";
    case Kind::kString: return quote(value.as_string());
    case Kind::kList: {
      std::vector<std::string> parts;
      for (const Value& item : value.items()) parts.push_back(go_syntax(item));
      return "[]interface {}{" + join(parts, ", ") + "}";
    }
    case Kind::kMap: {
      std::vector<std::string> parts;
      for (const Entry& e : value.entries()) parts.push_back(quote(e.key()) + ":" + go_syntax(e.value));
      return "map[string]interface {}{" + join(parts, ", ") + "}";
    }
    default: return go_text(value);
  }
}

std::string_view go_type(const Value& value) {
  switch (value.kind()) {
    case Kind::kNull: return "<nil>";
    case Kind::kBool: return "bool";
    case Kind::kInt: return "int64";
    case Kind::kUint:
    case Kind::kDouble: return "float64";
    case Kind::kString: return "string";
    case Kind::kList: return "[]interface {}";
    case Kind::kMap: return "map[string]interface {}";
  }
  return {};
}

std::string_view go_json_kind(const Value& value) {
  if (value.is_map()) return "object";
  if (value.is_list()) return "array";
  if (value.is_string()) return "string";
  return value.is_bool() ? "bool" : value.is_null() ? "null" : "number";
}

}  // namespace taut
