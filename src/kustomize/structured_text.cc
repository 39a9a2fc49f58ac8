#include "kustomize/structured_text.hh"

#include "base/strings.hh"
#include "value/diff.hh"
#include "value/json.hh"
#include "value/pointer.hh"
#include "yaml/reader.hh"
#include "yaml/spelling.hh"
#include "yaml/writer.hh"

namespace taut::kustomize {
namespace {

Result<std::string> write_json(Value root, std::string_view original) {
  TAUT_TRY(yaml::settle(root));
  bool indented = contains(original, "\n") && contains(original, "  ");
  return to_json(root, {.escape_html = true, .indent = indented ? "  " : ""});
}

bool is_scalar(const Value& value) { return !value.is_map() && !value.is_list(); }

// The pointers at which two values of the same shape differ; false when the shapes differ.
bool changed_scalars(const Value& before, const Value& after, const std::string& at, std::vector<std::string>& out) {
  if (before == after) return true;
  if (is_scalar(before) && is_scalar(after)) {
    out.push_back(at);
    return true;
  }
  if (before.kind() != after.kind() || before.size() != after.size()) return false;
  for (size_t i = 0; i < before.items().size(); ++i)
    if (!changed_scalars(before[i], after[i], at + "/" + std::to_string(i), out)) return false;
  for (const Entry& entry : before.entries()) {
    const Value* other = after.find(entry.key());
    std::string step = at + "/" + escape_pointer_step(entry.key());
    if (other == nullptr || !changed_scalars(entry.value, *other, step, out)) return false;
  }
  return true;
}

size_t offset_of(std::string_view text, Place place) {
  size_t at = 0;
  for (uint32_t line = 1; line < place.line; ++line) {
    at = text.find('\n', at);
    if (at == std::string_view::npos) return at;
    ++at;
  }
  return at + place.column - 1;
}

// Where a scalar on one line ends; npos for what cannot be told at a glance.
size_t scalar_end(std::string_view text, size_t begin) {
  char first = text[begin];
  if (first == '|' || first == '>' || first == '&' || first == '!' || first == '*') return std::string_view::npos;
  if (first == '\'' || first == '"') {
    size_t end = text.find(first, begin + 1);
    bool plain = end != std::string_view::npos && text.substr(begin, end - begin).find_first_of("\\\n") == std::string_view::npos;
    return plain && !text.substr(end + 1).starts_with(first) ? end + 1 : std::string_view::npos;
  }
  size_t line_end = std::min(text.find('\n', begin), text.size());
  std::string_view line = text.substr(begin, line_end - begin);
  if (line.find_first_of("{}[],") != std::string_view::npos) return std::string_view::npos;
  return begin + trim_right(line.substr(0, line.find(" #")), " \t\r").size();
}

std::string scalar_yaml(const Value& value, char quote_mark) {
  std::string text = yaml::scalar_text(value);
  if (quote_mark == '\'') return "'" + replace_all(text, "'", "''") + "'";
  if (quote_mark == '"') return quote(text);
  return std::string(trim_right(to_yaml(Value(text)), "\n"));
}

// The text with one scalar spliced in; nothing where that is not safe.
std::optional<std::string> splice(const std::string& text, const Document& before, const Value& after) {
  std::vector<std::string> pointers;
  if (!changed_scalars(before.root, after, "", pointers) || pointers.size() != 1) return std::nullopt;
  Place place = before.place(pointers[0]);
  if (!place.known()) return std::nullopt;
  size_t begin = offset_of(text, place);
  if (begin >= text.size()) return std::nullopt;
  size_t end = scalar_end(text, begin);
  const Value* value = find_pointer(after, pointers[0]);
  if (end == std::string::npos || value == nullptr) return std::nullopt;
  char mark = text[begin] == '\'' || text[begin] == '"' ? text[begin] : '\0';
  std::string written = yaml::scalar_type(*value) == yaml::ScalarType::kString || mark != '\0'
                            ? scalar_yaml(*value, mark)
                            : yaml::scalar_text(*value);
  if (written.find('\n') != std::string::npos) return std::nullopt;
  std::string out = text;
  out.replace(begin, end - begin, written);
  return std::string(trim(out));
}

}  // namespace

Result<std::string> edit_structured_text(const std::string& text, std::span<const std::string> path, Create create,
                                         const Visit& visit) {
  YamlOptions options{.schema = taut::Schema::kGoV3, .reject_duplicate_keys = false, .keep_spelling = true};
  TAUT_ASSIGN(Document document, parse_yaml_document(text, options));
  Value root = document.root;
  TAUT_ASSIGN(size_t count, visit_field_path(root, path, create, visit));
  if (count == 0) return fail(Code::kNotFound, "unable to find field in structured data");
  std::string_view start = trim(text);
  if (start.empty()) return fail(Code::kNotFound, "no structured data found in path");
  if (start[0] == '{' || start[0] == '[') return write_json(std::move(root), text);
  if (auto spliced = splice(text, document, root)) return *spliced;
  TAUT_TRY(yaml::settle(root));
  return std::string(trim(to_yaml(root)));
}

}  // namespace taut::kustomize
