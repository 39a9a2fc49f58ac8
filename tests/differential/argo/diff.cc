#include "dialect/argo/diff.hh"

#include "dialect/argo/known_types.hh"
#include "plan/ignore.hh"
#include "tests/differential/argo/ops.hh"

namespace taut::differential {
namespace {

Result<Value> shown(const Result<argo::DiffResult>& result) {
  if (!result) return tl::unexpected(result.error());
  return Value::map({{"Modified", result->modified}, {"Live", result->live}, {"Predicted", result->predicted}});
}

}  // namespace

Result<Value> three_way(const Value& request) {
  return shown(argo::three_way_diff(request["original"], request["config"], request["live"]));
}

Result<Value> whole_diff(const Value& request) {
  argo::DiffOptions options;
  options.ignore_aggregated_roles = request["aggregatedRoles"].as_bool();
  options.structured_merge = request["structuredMerge"].as_bool();
  options.server_side = request["serverSide"].as_bool();
  options.ignore_mutation_webhook = !request["keepWebhook"].as_bool();
  options.manager = "argocd-controller";
  options.dry_run = [&](const Value&) -> Result<Value> { return request["dryRun"]; };
  return shown(argo::diff(request["config"], request["live"], options));
}

Result<Value> ignore(const Value& request) {
  std::vector<plan::IgnoreRule> rules;
  for (const Value& rule : request["ignore"].items()) {
    plan::IgnoreRule out{rule["group"].str(), rule["kind"].str(), rule["name"].str(), rule["namespace"].str(), {}, {}, {}};
    for (const Value& pointer : rule["jsonPointers"].items()) out.json_pointers.push_back(pointer.str());
    for (const Value& text : rule["jqPathExpressions"].items()) {
      TAUT_ASSIGN(auto expression, jq::PathExpression::compile(text.as_string()));
      out.jq_expressions.push_back(std::move(expression));
    }
    rules.push_back(std::move(out));
  }
  return plan::without_ignored(request["object"], rules);
}

Result<Value> known_types(const Value& request) {
  argo::KnownTypes types;
  std::string key = request["key"].str();
  size_t slash = key.find('/');
  std::string group = slash == std::string::npos ? "" : key.substr(0, slash);
  std::string kind = slash == std::string::npos ? key : key.substr(slash + 1);
  for (const Value& field : request["fields"].items())
    (void)types.add(group, kind, field["field"].as_string(), field["type"].as_string());  // not known: left out with a warning
  Value object = request["object"];
  TAUT_TRY(types.apply(object));
  return object;
}

}  // namespace taut::differential
