#include "dialect/argo/resource_filter.hh"

#include <algorithm>

#include "lang/glob/glob.hh"
#include "yaml/reader.hh"

namespace taut::argo {
namespace {

bool any_matches(const Value& patterns, std::string_view text) {
  return patterns.empty() || std::ranges::any_of(patterns.items(), [&](const Value& pattern) { return glob_matches(pattern.as_string(), text); });
}

bool names(const std::vector<Value>& rules, std::string_view group, std::string_view kind, std::string_view server) {
  return std::ranges::any_of(rules, [&](const Value& rule) {
    return any_matches(rule["apiGroups"], group) && any_matches(rule["kinds"], kind) && any_matches(rule["clusters"], server);
  });
}

Result<std::vector<Value>> rules_of(const Value& text) {
  TAUT_ASSIGN(auto document, parse_yaml_document(text.as_string()));
  if (!document.root.is_list() && !document.root.is_null()) return fail(Code::kInvalid, "not a list of {{apiGroups, kinds, clusters}}");
  return std::vector<Value>(document.root.items().begin(), document.root.items().end());
}

}  // namespace

Result<ResourceFilter> ResourceFilter::read(const Value& exclusions, const Value& inclusions) {
  ResourceFilter out;
  TAUT_ASSIGN(out.exclusions_, rules_of(exclusions));
  TAUT_ASSIGN(out.inclusions_, rules_of(inclusions));
  return out;
}

bool ResourceFilter::excludes(std::string_view group, std::string_view kind, std::string_view server) const {
  if (group == "events.k8s.io" || group == "metrics.k8s.io" || (group.empty() && kind == "Event")) return true;
  if (names(exclusions_, group, kind, server)) return true;
  return !inclusions_.empty() && !names(inclusions_, group, kind, server);
}

}  // namespace taut::argo
