#include "base/strings.hh"
#include "lang/jsonschema/messages.hh"
#include "lang/jsonschema/schema.hh"
#include "value/pointer.hh"

namespace taut::jsonschema {

namespace {

void append(const Failure& failure, size_t indent, std::string& out) {
  bool skipped = failure.role == Failure::Role::kReference && failure.causes.size() == 1;
  if (!skipped) {
    if (indent > 0) {
      out += '\n';
      out.append(2 * (indent - 1), ' ');
      out += "- ";
    }
    ++indent;
    if (failure.role != Failure::Role::kSchema) {
      out += fmt::format("at {}: ", single_quoted(make_pointer(failure.location)));
    }
    out += failure.message;
  }
  for (const Failure& cause : failure.causes) append(cause, indent, out);
}

}  // namespace

std::string Failure::text() const {
  std::string out;
  append(*this, 0, out);
  return out;
}

std::string single_quoted(std::string_view text) {
  std::string inner = quote(text);
  inner = replace_all(std::string_view(inner).substr(1, inner.size() - 2), "\\\"", "\"");
  return "'" + replace_all(inner, "'", "\\'") + "'";
}

std::string quoted_list(const std::vector<std::string>& items) {
  std::vector<std::string> quoted;
  for (const std::string& item : items) quoted.push_back(single_quoted(item));
  return join(quoted, ", ");
}

std::string shown(const Value& value) {
  switch (value.kind()) {
    case Kind::kString: return single_quoted(value.as_string());
    case Kind::kNull: return "<nil>";
    case Kind::kBool: return value.as_bool() ? "true" : "false";
    case Kind::kList:
    case Kind::kMap: return "value";
    case Kind::kInt: return fmt::format("{}", value.as_int());
    case Kind::kUint: return fmt::format("{}", value.as_uint());
    case Kind::kDouble: return fmt::format("{}", value.as_double());
  }
  return "value";
}

// As golang.org/x/text/message prints numbers in English: "1,234.5".
std::string grouped(double number) {
  std::string text = fmt::format("{}", number);
  size_t start = text.starts_with('-') ? 1 : 0;
  size_t end = text.find_first_not_of("0123456789", start);
  if (end == std::string::npos) end = text.size();
  for (size_t at = end; at > start + 3;) {
    at -= 3;
    text.insert(at, ",");
  }
  return text;
}

}  // namespace taut::jsonschema
