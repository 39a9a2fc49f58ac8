#include "yaml/analyze.hh"

#include <algorithm>

#include "yaml/chars.hh"
#include "yaml/resolve.hh"

namespace taut::yaml {
namespace {

// ^[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+(?:\.[0-9_]*)?$ : quoted for the sake of other readers.
bool is_base_60(std::string_view text) {
  size_t i = !text.empty() && (text[0] == '-' || text[0] == '+') ? 1 : 0;
  if (i >= text.size() || !is_digit(text[i])) return false;
  while (i < text.size() && (is_digit(text[i]) || text[i] == '_')) ++i;
  size_t groups = 0;
  while (i < text.size() && text[i] == ':') {
    size_t digits = 0;
    for (++i; i < text.size() && is_digit(text[i]) && digits < 2; ++i) ++digits;
    if (digits == 0 || (digits == 2 && text[i - 2] > '5')) return false;
    ++groups;
  }
  if (i < text.size() && text[i] == '.')
    for (++i; i < text.size() && (is_digit(text[i]) || text[i] == '_');) ++i;
  return groups > 0 && i == text.size();
}

// What YAML 1.1 took for booleans, which v3 reads as text but still quotes.
bool is_old_bool(std::string_view text) {
  constexpr std::string_view kWords[] = {"y", "Y", "yes", "Yes", "YES", "on", "On", "ON",
                                         "n", "N", "no", "No", "NO", "off", "Off", "OFF"};
  return std::find(std::begin(kWords), std::end(kWords), text) != std::end(kWords);
}

bool reads_as_text(std::string_view text, Schema schema) {
  if (!text.empty() && always_text(text[0])) return true;
  ScalarType type = resolve_plain(text, schema).type;
  if (type != ScalarType::kString && type != ScalarType::kMerge) return false;
  return !is_base_60(text) && (schema == Schema::kGo11 || !is_old_bool(text));
}

// Whether the character at `i` has a meaning of its own in block context.
bool is_indicator(std::string_view text, size_t i, bool before_blank, bool behind_blank) {
  switch (text[i]) {
    case '#': return i == 0 || behind_blank;
    case ':': return before_blank;
    case '?':
    case '-': return i == 0 && before_blank;
    case ',': case '[': case ']': case '{': case '}': case '&': case '*': case '!': case '|': case '>': case '\'':
    case '"': case '%': case '@': case '`': return i == 0;
    default: return false;
  }
}

}  // namespace

bool is_printable(std::string_view text, size_t i) {
  auto byte = [&](size_t k) { return k < text.size() ? static_cast<unsigned char>(text[k]) : 0u; };
  unsigned c = byte(i);
  if (c == '\n' || (c >= 0x20 && c <= 0x7E)) return true;
  if (c == 0xC2) return byte(i + 1) >= 0xA0;
  if ((c > 0xC2 && c < 0xED) || c == 0xEE) return true;
  if (c == 0xED) return byte(i + 1) < 0xA0;
  if (c != 0xEF) return false;
  if (byte(i + 1) == 0xBB && byte(i + 2) == 0xBF) return false;
  return !(byte(i + 1) == 0xBF && byte(i + 2) >= 0xBE);
}

bool is_plain_word(std::string_view text, Schema schema) {
  auto fits = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-' ||
           c == '.' || c == '/';
  };
  if (text.empty() || text[0] == '-' || text[0] == '.' || !std::all_of(text.begin(), text.end(), fits)) return false;
  return reads_as_text(text, schema);
}

Analysis analyze(std::string_view text, Schema schema) {
  Analysis out;
  if (text.empty()) {
    out.literal_allowed = false;
    return out;
  }
  bool indicators = text.starts_with("---") || text.starts_with("...");
  bool special = false, tabs = false, edge = false, break_space = false, space_break = false;
  bool previous_space = false, previous_break = false, behind_blank = true;
  for (size_t i = 0, width = 1; i < text.size(); i += width) {
    width = sequence_width(static_cast<unsigned char>(text[i]));
    if (width == 0) width = 1;
    bool last = i + width >= text.size();
    bool before_blank = last || is_blank(text[i + width]);
    if (is_indicator(text, i, before_blank, behind_blank)) indicators = true;
    if (schema == Schema::kGoV3 && text[i] == '\t') tabs = true;
    else if (!is_printable(text, i)) special = true;
    bool space = text[i] == ' ', line_break = break_length(text.substr(i)) != 0;
    if (space || line_break) {
      if (i == 0 || last) edge = true;
      if (space && previous_break) break_space = true;
      if (line_break && previous_space) space_break = true;
      if (line_break) out.multiline = true;
    }
    previous_space = space;
    previous_break = line_break;
    behind_blank = is_blank(text[i]) || line_break || text[i] == '\0';
  }
  out.plain_allowed = !(indicators || special || tabs || edge || break_space || space_break || out.multiline);
  out.single_quoted_allowed = !(special || tabs || break_space || space_break);
  out.literal_allowed = !(special || space_break || text.back() == ' ');
  return out;
}

WriteStyle choose_style(std::string_view text, const Analysis& analysis, bool simple_key, Schema schema) {
  if (text.find('\n') != std::string_view::npos)
    return analysis.literal_allowed && !simple_key ? WriteStyle::kLiteral : WriteStyle::kDoubleQuoted;
  if ((simple_key && analysis.multiline) || !reads_as_text(text, schema)) return WriteStyle::kDoubleQuoted;
  if (analysis.plain_allowed) return WriteStyle::kPlain;
  return analysis.single_quoted_allowed ? WriteStyle::kSingleQuoted : WriteStyle::kDoubleQuoted;
}

}  // namespace taut::yaml
