#include "lang/gotmpl/funcs/text_wrap.hh"

#include <algorithm>

#include "base/runes.hh"
#include "base/unicode.hh"
#include "lang/gotmpl/heap.hh"

namespace taut::gotmpl {

std::string wrap_text(std::string_view text, int64_t width, std::string_view line_break, bool break_words) {
  if (line_break.empty()) line_break = "\n";
  auto limit = static_cast<size_t>(std::max<int64_t>(width, 1));
  std::string out;
  while (text.size() > limit) {
    check_text_size(out.size());
    if (text[0] == ' ') {
      text.remove_prefix(1);
      continue;
    }
    size_t end = text.substr(0, limit + 1).rfind(' ');
    if (end == std::string_view::npos && break_words) {
      out += text.substr(0, limit);
      out += line_break;
      text.remove_prefix(limit);
      continue;
    }
    if (end == std::string_view::npos) end = text.find(' ', limit);
    if (end == std::string_view::npos) return out.append(text);
    out += text.substr(0, end);
    out += line_break;
    text.remove_prefix(end + 1);
  }
  return out.append(text);
}

namespace {

constexpr std::string_view kMark = "...";

// AbbreviateFull for a width of 4 and more.
std::string abbreviate_full(std::string_view text, size_t offset, size_t width) {
  if (text.size() <= width) return std::string(text);
  offset = std::min(offset, text.size());
  size_t rest = width - kMark.size();
  if (text.size() - offset < rest) offset = text.size() - rest;
  if (offset <= 4) return std::string(text.substr(0, rest)).append(kMark);
  if (width < 7) return {};
  if (offset + rest < text.size()) return std::string(kMark) + abbreviate_full(text.substr(offset), 0, rest);
  return std::string(kMark).append(text.substr(text.size() - rest));
}

}  // namespace

std::string abbreviate(std::string_view text, int64_t width) {
  return width < 4 ? std::string(text) : abbreviate_full(text, 0, static_cast<size_t>(width));
}

std::string abbreviate_both(std::string_view text, int64_t offset, int64_t width) {
  if (width < 4 || (offset > 0 && width < 7)) return std::string(text);
  return abbreviate_full(text, offset < 0 ? 0 : static_cast<size_t>(offset), static_cast<size_t>(width));
}

std::string delete_white_space(std::string_view text) {
  auto is_blank = [](char c) { return is_space(static_cast<unsigned char>(c)); };
  if (std::none_of(text.begin(), text.end(), is_blank)) return std::string(text);
  std::string out;
  for (char c : text)
    if (!is_blank(c)) out += rune_text(static_cast<unsigned char>(c));
  return out;
}

std::string initials(std::string_view text) {
  std::string out;
  bool first = true;
  for (char c : text) {
    bool blank = is_space(static_cast<unsigned char>(c));
    if (first && !blank) out += rune_text(static_cast<unsigned char>(c));
    first = blank;
  }
  return out;
}

}  // namespace taut::gotmpl
