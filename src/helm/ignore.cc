#include "helm/ignore.hh"

#include "base/strings.hh"
#include "lang/glob/path_match.hh"
#include "tree/path.hh"

namespace taut::helm {

Result<IgnoreRules> IgnoreRules::parse(std::string_view text) {
  IgnoreRules rules;
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
  for (std::string_view line : split(text, '\n')) TAUT_TRY(rules.add(line));
  TAUT_TRY(rules.add("templates/.?*"));
  return rules;
}

Status IgnoreRules::add(std::string_view line) {
  line = trim(line);
  if (line.empty() || line.starts_with('#')) return {};
  if (contains(line, "**")) return fail(Code::kInvalid, "double-star (**) syntax is not supported");
  TAUT_TRY(path_match(line, "abc"));
  Rule rule;
  if (line.starts_with('!')) {
    rule.negated = true;
    line.remove_prefix(1);
  }
  if (line.ends_with('/')) {
    rule.folders_only = true;
    line.remove_suffix(1);
  }
  rule.base_name = line.find('/') == std::string_view::npos;
  if (line.starts_with('/')) line.remove_prefix(1);
  rule.pattern = line;
  rules_.push_back(std::move(rule));
  return {};
}

bool IgnoreRules::Rule::matches(std::string_view path) const {
  return path_match(pattern, base_name ? taut::base_name(path) : path).value_or(false);
}

bool IgnoreRules::ignores(std::string_view path, bool folder) const {
  for (const Rule& rule : rules_) {
    if (rule.negated) {
      if ((rule.folders_only && !folder) || !rule.matches(path)) return true;
    } else if ((folder || !rule.folders_only) && rule.matches(path)) {
      return true;
    }
  }
  return false;
}

}  // namespace taut::helm
