#include "dialect/argo/diff.hh"
#include "groups.hh"

namespace taut::fidelity {
namespace {

// result: {modified, normalizedLive, predictedLive, err}
void hold(Report& report, const Value& c, const Result<argo::DiffResult>& got) {
  const Value& want = c["result"];
  bool fails = !want["err"].as_string().empty();
  if (fails || !got)
    return report.expect(c["id"].as_string(), fails ? "an error" : "a result", got ? "a result" : "an error: " + got.error().message());
  report.expect_value(c["id"].as_string(),
                      Value::map({{"modified", want["modified"]}, {"live", want["normalizedLive"]}, {"predicted", want["predictedLive"]}}),
                      Value::map({{"modified", got->modified}, {"live", got->live}, {"predicted", got->predicted}}));
}

Status each(const Corpus& corpus, const std::string& file, Report& report, Result<argo::DiffResult> (*compare)(const Value& c)) {
  TAUT_ASSIGN(auto cases, corpus.cases(file));
  for (const Value& c : cases) hold(report, c, compare(c));
  return {};
}

}  // namespace

// {config, live, opts}. Normalizers that only a test has are not in the recording: such cases are passed over.
Status argo_diff(const Corpus& corpus, const std::string& file, Report& report) {
  TAUT_ASSIGN(auto cases, corpus.cases(file));
  for (const Value& c : cases) {
    const Value& o = c["opts"];
    if (o["normalizer"].as_string() != "*diff.noopNormalizer") continue;
    argo::DiffOptions options;
    options.ignore_aggregated_roles = o["ignoreAggregatedRoles"].as_bool();
    options.structured_merge = o["structuredMerge"].as_bool();
    options.manager = o["manager"].str();
    hold(report, c, argo::diff(c["config"], c["live"], options));
  }
  return {};
}

// {orig, config, live}
Status argo_diff_three_way(const Corpus& corpus, const std::string& file, Report& report) {
  return each(corpus, file, report, [](const Value& c) { return argo::three_way_diff(c["orig"], c["config"], c["live"]); });
}

// {config, live, manager}
Status argo_diff_structured_merge(const Corpus& corpus, const std::string& file, Report& report) {
  return each(corpus, file, report, [](const Value& c) { return argo::structured_merge_diff(c["config"], c["live"], c["manager"].str()); });
}

// {config, live, dryRunOutput, manager, ignoreMutationWebhook}
Status argo_diff_server_side(const Corpus& corpus, const std::string& file, Report& report) {
  return each(corpus, file, report, [](const Value& c) {
    argo::DiffOptions options;
    options.server_side = true;
    options.manager = c["manager"].str();
    options.ignore_mutation_webhook = c["ignoreMutationWebhook"].as_bool();
    options.dry_run = [&](const Value&) -> Result<Value> { return c["dryRunOutput"]; };
    return argo::server_side_diff(c["config"], c["live"], options);
  });
}

}  // namespace taut::fidelity
