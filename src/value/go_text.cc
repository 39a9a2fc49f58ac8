#include "smd/go_text.hh"

#include "base/strings.hh"
#include "value/json.hh"

namespace taut::smd {
namespace {

// A float64 by %v: the shortest form, with an exponent from 1e+21 on as JSON has it.
std::string number(const Value& value) { return to_json(value); }

}  // namespace

std::string go_plain(const Value& value) {
  switch (value.kind()) {
    case Kind::kNull: return "<nil>";
    case Kind::kString: return value.str();
    case Kind::kBool: return value.as_bool() ? "true" : "false";
    case Kind::kList: {
      std::vector<std::string> parts;
      for (const Value& item : value.items()) parts.push_back(go_plain(item));
      return "[" + join(parts, " ") + "]";
    }
    case Kind::kMap: {
      std::vector<std::string> parts;
      for (const Entry& e : value.entries()) parts.push_back(e.name.str() + ":" + go_plain(e.value));
      return "map[" + join(parts, " ") + "]";
    }
    default: return number(value);
  }
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
    default: return go_plain(value);
  }
}

std::string go_type(const Value& value) {
  switch (value.kind()) {
    case Kind::kNull: return "<nil>";
    case Kind::kBool: return "bool";
    case Kind::kInt:
    case Kind::kUint: return "int64";
    case Kind::kDouble: return "float64";
    case Kind::kString: return "string";
    case Kind::kList: return "[]interface {}";
    case Kind::kMap: return "map[string]interface {}";
  }
  return {};
}

std::string go_wrapped(const Value& value) { return "&{" + go_plain(value) + "}"; }

std::string go_wrapped_syntax(const Value& value) {
  return "&value.valueUnstructured{Value:" + go_syntax(value) + "}";
}

}  // namespace taut::smd
