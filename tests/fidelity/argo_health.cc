#include "groups.hh"
#include "health/argo.hh"

namespace taut::fidelity {
namespace {

std::string shown(std::string_view state, std::string_view message) {
  return fmt::format("{} \"{}\"", state, message);
}

}  // namespace

// {doc, expect: {status, message?} or null, err}: GetResourceHealth without scripts.
Status argo_health(const Corpus& corpus, const std::string& file, Report& report) {
  TAUT_ASSIGN(auto cases, corpus.cases(file));
  for (const Value& c : cases) {
    const Value& expect = c["expect"];
    std::string want =
        expect.is_null() ? "no health" : shown(expect["status"].as_string(), expect["message"].as_string());
    auto health = judge_argo(c["doc"]);
    report.expect(c["id"].as_string(), want,
                  health ? shown(health_name(health->state), health->message) : "no health");
  }
  return {};
}

}  // namespace taut::fidelity
