#include "render/template_lines.hh"

#include <algorithm>

#include "base/strings.hh"

namespace taut::render {
namespace {

constexpr std::string_view kNoValue = "<no value>";

// Where an offset of a text without "<no value>" lies in the text with it.
size_t with_no_values(std::string_view text, size_t offset) {
  for (size_t at = text.find(kNoValue); at != std::string_view::npos && at <= offset; at = text.find(kNoValue, at + kNoValue.size()))
    offset += kNoValue.size();
  return offset;
}

size_t indent_of(std::string_view line) { return std::min(line.find_first_not_of(' '), line.size()); }

// The end of the value that begins at `start`: the rest of its line, and all lines that are indented by `indent` at least,
// or are items that stand at the column of their key.
size_t end_of_value(std::string_view text, size_t start, size_t indent, bool items) {
  size_t end = std::min(text.find('\n', start), text.size());
  while (end < text.size()) {
    size_t next = std::min(text.find('\n', end + 1), text.size());
    std::string_view line = text.substr(end + 1, next - end - 1);
    size_t have = indent_of(line);
    bool item = items && have + 1 == indent && line.substr(have).starts_with('-');
    if (!trim(line).empty() && have < indent && !item) break;
    end = next;
  }
  return end;
}

}  // namespace

TextRange range_of(const helm::Manifest& manifest, std::string_view rendered, std::string_view pointer) {
  std::string plain = contains(rendered, kNoValue) ? replace_all(rendered, kNoValue, "") : std::string(rendered);
  std::string_view text = manifest.text;
  size_t base = plain.find(trim(text));
  auto found = manifest.document.places.find(manifest.document.root, pointer);
  if (base == std::string::npos || !found.exact || found.value == UINT32_MAX) return {};
  base -= text.find(trim(text));
  // Places count from where the document begins, behind comments.
  size_t document = 0;
  for (uint32_t line = 1; line < manifest.document.first_line; ++line) document = text.find('\n', document) + 1;
  size_t start = document + found.value;
  size_t anchor = found.key == UINT32_MAX ? start : document + found.key;
  size_t line = anchor == 0 ? 0 : text.rfind('\n', anchor - 1) + 1;
  // An item's lines stand at its column, a key's behind that of the key; its list may stand at it, with dashes.
  size_t column = anchor - line, indent = found.key == UINT32_MAX ? column : column + 1;
  bool list = found.key != UINT32_MAX && start < text.size() && text[start] == '-';
  size_t end = end_of_value(text, start, indent, list);
  return {with_no_values(rendered, base + start), with_no_values(rendered, base + end)};
}

std::vector<size_t> origins_in(const helm::TemplateTrace& trace, TextRange range) {
  std::vector<size_t> out;
  for (size_t i = 0; i < trace.origins.size(); ++i) {
    size_t start = trace.origins[i].start;
    size_t end = i + 1 < trace.origins.size() ? trace.origins[i + 1].start : trace.text.size();
    if (start < range.end && end > range.start) out.push_back(i);
  }
  return out;
}

uint32_t line_at(std::string_view text, size_t position) {
  return 1 + static_cast<uint32_t>(std::ranges::count(text.substr(0, position), '\n'));
}

std::string_view line_text(std::string_view text, uint32_t line) {
  auto lines = split(text, '\n');
  return line == 0 || line > lines.size() ? std::string_view() : lines[line - 1];
}

std::string_view action_at(std::string_view source, size_t position) {
  size_t open = source.rfind("{{", position), close = source.find("}}", position);
  if (open == std::string_view::npos || close == std::string_view::npos) return "";
  return source.substr(open, close + 2 - open);
}

std::vector<std::string> blocks_around(std::string_view source, size_t position) {
  std::vector<std::string> open;
  for (size_t at = source.find("{{"); at != std::string_view::npos && at < position; at = source.find("{{", at + 2)) {
    size_t close = source.find("}}", at);
    // The action itself, whose node may stand behind its braces.
    if (close == std::string_view::npos || close >= position) break;
    std::string_view action = source.substr(at, close + 2 - at), word = action.substr(2, action.size() - 4);
    if (word.starts_with('-')) word.remove_prefix(1);
    word = trim(word);
    auto begins = [&](std::string_view name) { return word == name || word.starts_with(std::string(name) + " "); };
    if (begins("if") || begins("with") || begins("range") || begins("define") || begins("block")) {
      open.push_back(fmt::format("{}: {}", line_at(source, at), action));
    } else if (begins("else") && !open.empty()) {
      open.back() = fmt::format("{} ... {}", open.back(), action);
    } else if ((begins("end") || word == "end -") && !open.empty()) {
      open.pop_back();
    }
  }
  return open;
}

}  // namespace taut::render
