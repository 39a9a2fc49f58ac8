#include "base/go_regexp.hh"

#include <re2/re2.h>

namespace taut {

namespace {

std::string_view go_message(RE2::ErrorCode code) {
  switch (code) {
    case RE2::ErrorBadEscape: return "invalid escape sequence";
    case RE2::ErrorBadCharClass: return "invalid character class";
    case RE2::ErrorBadCharRange: return "invalid character class range";
    case RE2::ErrorMissingBracket: return "missing closing ]";
    case RE2::ErrorMissingParen: return "missing closing )";
    case RE2::ErrorUnexpectedParen: return "unexpected )";
    case RE2::ErrorTrailingBackslash: return "trailing backslash at end of expression";
    case RE2::ErrorRepeatArgument: return "missing argument to repetition operator";
    case RE2::ErrorRepeatSize: return "invalid repeat count";
    case RE2::ErrorRepeatOp: return "invalid nested repetition operator";
    case RE2::ErrorBadPerlOp: return "invalid or unsupported Perl syntax";
    case RE2::ErrorBadUTF8: return "invalid UTF-8";
    case RE2::ErrorBadNamedCapture: return "invalid named capture";
    case RE2::ErrorPatternTooLarge: return "expression too large";
    case RE2::NoError:
    case RE2::ErrorInternal: break;
  }
  return "regexp/syntax: internal error";
}

// Go takes (?<name>...) as well as (?P<name>...), which is all that RE2 knows.
std::string with_named_groups(std::string_view pattern) {
  std::string out;
  bool in_class = false;
  while (!pattern.empty()) {
    size_t taken = 1;
    if (pattern[0] == '\\' && pattern.size() > 1) {
      size_t end = pattern[1] == 'Q' ? pattern.find("\\E", 2) : 0;
      taken = pattern[1] != 'Q' ? 2 : end == std::string_view::npos ? pattern.size() : end + 2;
    } else if (in_class) {
      in_class = pattern[0] != ']';
    } else if (pattern[0] == '[') {
      in_class = true;
      if (pattern.substr(1).starts_with("^")) ++taken;
      if (pattern.substr(taken).starts_with("]")) ++taken;
    } else if (pattern.starts_with("(?<") && pattern.size() > 3 && pattern[3] != '=' && pattern[3] != '!') {
      out += "(?P<";
      pattern.remove_prefix(3);
      continue;
    }
    out += pattern.substr(0, taken);
    pattern.remove_prefix(taken);
  }
  return out;
}

}  // namespace

Result<std::shared_ptr<const RE2>> compile_go_regexp(std::string_view pattern) {
  RE2::Options options;
  options.set_log_errors(false);
  auto regex = std::make_shared<const RE2>(with_named_groups(pattern), options);
  if (regex->ok()) return regex;
  std::string_view argument = regex->error_arg();
  if (regex->error_code() == RE2::ErrorTrailingBackslash) argument = {};
  return fail(Code::kInvalid, "error parsing regexp: {}: `{}`", go_message(regex->error_code()), argument);
}

}  // namespace taut
