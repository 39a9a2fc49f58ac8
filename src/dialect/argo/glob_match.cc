#include "dialect/argo/glob_match.hh"

#include <string>

namespace taut::argo {
namespace {

bool is_separator(char c, std::string_view separators) { return separators.find(c) != std::string_view::npos; }

// `pattern` stands at '['. Its length with the closing bracket, or 0 when it is not closed.
size_t class_length(std::string_view pattern) {
  size_t end = pattern.find(']', 1);
  return end == std::string_view::npos ? 0 : end + 1;
}

bool class_has(std::string_view set, char c) {
  bool negated = set.starts_with('!') || set.starts_with('^');
  if (negated) set.remove_prefix(1);
  bool found = false;
  for (size_t i = 0; i < set.size(); ++i) {
    if (i + 2 < set.size() && set[i + 1] == '-') {
      found = found || (set[i] <= c && c <= set[i + 2]);
      i += 2;
    } else {
      found = found || set[i] == c;
    }
  }
  return found != negated;
}

bool match(std::string_view pattern, std::string_view text, std::string_view separators);

bool match_star(std::string_view pattern, std::string_view text, std::string_view separators) {
  bool any = pattern.starts_with("**");
  pattern.remove_prefix(any ? 2 : 1);
  for (size_t i = 0;; ++i) {
    if (match(pattern, text.substr(i), separators)) return true;
    if (i == text.size() || (!any && is_separator(text[i], separators))) return false;
  }
}

bool match_choice(std::string_view pattern, std::string_view text, std::string_view separators) {
  size_t end = pattern.find('}');
  if (end == std::string_view::npos) return false;
  std::string_view rest = pattern.substr(end + 1), choices = pattern.substr(1, end - 1);
  while (true) {
    size_t comma = choices.find(',');
    if (match(std::string(choices.substr(0, comma)) + std::string(rest), text, separators)) return true;
    if (comma == std::string_view::npos) return false;
    choices.remove_prefix(comma + 1);
  }
}

bool match(std::string_view pattern, std::string_view text, std::string_view separators) {
  while (!pattern.empty()) {
    char c = pattern.front();
    if (c == '*') return match_star(pattern, text, separators);
    if (c == '{') return match_choice(pattern, text, separators);
    if (text.empty()) return false;
    size_t used = 1;
    if (c == '[') {
      used = class_length(pattern);
      if (used == 0 || !class_has(pattern.substr(1, used - 2), text.front())) return false;
    } else if (c == '?') {
      if (is_separator(text.front(), separators)) return false;
    } else {
      if (c == '\\' && pattern.size() > 1) {
        used = 2;
        c = pattern[1];
      }
      if (c != text.front()) return false;
    }
    pattern.remove_prefix(used);
    text.remove_prefix(1);
  }
  return text.empty();
}

}  // namespace

bool glob_match(std::string_view pattern, std::string_view text, std::string_view separators) {
  return match(pattern, text, separators);
}

}  // namespace taut::argo
