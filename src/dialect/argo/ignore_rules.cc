#include "dialect/argo/ignore_rules.hh"

#include <fmt/format.h>

namespace taut::argo {
namespace {

std::vector<std::string> strings(const Value& list) {
  std::vector<std::string> out;
  for (const Value& item : list.items()) out.push_back(item.str());
  return out;
}

}  // namespace

plan::IgnoreRule read_ignore_rule(const Value& rule, const std::string& path, std::vector<std::string>& errors) {
  plan::IgnoreRule out{rule["group"].str(), rule["kind"].str(), rule["name"].str(), rule["namespace"].str(),
                       strings(rule["jsonPointers"]), {}, strings(rule["managedFieldsManagers"])};
  size_t index = 0;
  for (const Value& text : rule["jqPathExpressions"].items()) {
    auto expression = jq::PathExpression::compile(text.as_string());
    if (expression)
      out.jq_expressions.push_back(std::move(*expression));
    else
      errors.push_back(fmt::format("{}.jqPathExpressions[{}]: {}", path, index, expression.error().message()));
    ++index;
  }
  return out;
}

}  // namespace taut::argo
