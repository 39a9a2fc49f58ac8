#include "dialect/argo/refresh_paths.hh"
#include "groups.hh"
#include "value/json.hh"

namespace taut::fidelity {

// {app, source, result: the paths, or null for none}
Status argo_refresh_paths(const Corpus& corpus, const std::string& file, Report& report) {
  TAUT_ASSIGN(auto cases, corpus.cases(file));
  for (const Value& c : cases) {
    Value got = Value::list();
    for (const std::string& path : argo::refresh_paths(c["app"], c["source"])) got.push_back(path);
    report.expect_value(c["id"].as_string(), c["result"].is_null() ? Value::list() : c["result"], got);
  }
  return {};
}

}  // namespace taut::fidelity
