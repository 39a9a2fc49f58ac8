#include "yaml/go_syntax.hh"

#include <fmt/format.h>

#include "base/strings.hh"
#include "yaml/resolve.hh"

namespace taut::yaml {
namespace {

void append(const Value& value, bool string_maps, bool nested, std::string& out) {
  switch (value.kind()) {
    case Kind::kNull: out += nested ? "interface {}(nil)" : "<nil>"; return;
    case Kind::kBool: out += value.as_bool() ? "true" : "false"; return;
    case Kind::kInt: out += std::to_string(value.as_int()); return;
    case Kind::kUint: out += fmt::format("0x{:x}", value.as_uint()); return;
    case Kind::kDouble: out += format_go_float(value.as_double(), 64); return;
    case Kind::kString: out += quote(value.as_string()); return;
    case Kind::kList:
      out += "[]interface {}{";
      for (size_t i = 0; i < value.size(); ++i) {
        if (i > 0) out += ", ";
        append(value[i], string_maps, true, out);
      }
      break;
    case Kind::kMap: {
      out += string_maps ? "map[string]interface {}{" : "map[interface {}]interface {}{";
      bool first = true;
      for (const Entry& entry : value.entries()) {
        if (!first) out += ", ";
        first = false;
        out += quote(entry.key()) + ":";
        append(entry.value, string_maps, true, out);
      }
      break;
    }
  }
  out += "}";
}

}  // namespace

std::string go_syntax(const Value& value, bool string_maps) {
  std::string out;
  append(value, string_maps, false, out);
  return out;
}

}  // namespace taut::yaml
