#include "groups.hh"
#include "plan/ignore.hh"
#include "yaml/reader.hh"

namespace taut::fidelity {
namespace {

// cfg.ignore, then cfg.overrides, which are keyed "group/Kind" and carry their rule as YAML below ignoreDifferences.
Result<std::vector<plan::IgnoreRule>> rules_of(const Value& config) {
  std::vector<plan::IgnoreRule> rules;
  auto add = [&](std::string group, std::string kind, const Value& rule) -> Status {
    plan::IgnoreRule out{std::move(group), std::move(kind), rule["name"].str(), rule["namespace"].str(), {}, {}, {}};
    for (const Value& pointer : rule["jsonPointers"].items()) out.json_pointers.push_back(pointer.str());
    for (const Value& text : rule["jqPathExpressions"].items()) {
      TAUT_ASSIGN(auto expression, jq::PathExpression::compile(text.as_string()));
      out.jq_expressions.push_back(std::move(expression));
    }
    rules.push_back(std::move(out));
    return {};
  };
  for (const Value& rule : config["ignore"].items()) TAUT_TRY(add(rule["group"].str(), rule["kind"].str(), rule));
  for (const auto& [key, override] : config["overrides"].entries()) {
    std::string text(key.as_string());
    size_t slash = text.find('/');
    bool grouped = slash != std::string::npos;
    TAUT_ASSIGN(auto rule, parse_yaml_document(override["ignoreDifferences"].as_string()));
    TAUT_TRY(add(grouped ? text.substr(0, slash) : "", grouped ? text.substr(slash + 1) : text, rule.root));
  }
  return rules;
}

}  // namespace

// {cfg: {ignore, overrides}, before, after, err}
Status argo_ignore_normalizer(const Corpus& corpus, const std::string& file, Report& report) {
  TAUT_ASSIGN(auto cases, corpus.cases(file));
  for (const Value& c : cases) {
    auto rules = rules_of(c["cfg"]);
    if (!rules || c["before"].is_null()) {
      report.expect(c["id"].as_string(), c["err"].as_string().empty() ? "accepted" : "refused", rules && !c["before"].is_null() ? "accepted" : "refused");
      continue;
    }
    report.expect_value(c["id"].as_string(), c["after"], plan::without_ignored(c["before"], *rules));
  }
  return {};
}

}  // namespace taut::fidelity
