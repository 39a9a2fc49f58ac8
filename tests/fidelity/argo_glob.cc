#include "groups.hh"
#include "lang/glob/glob.hh"

namespace taut::fidelity {

// {pattern, text, sep, match}
Status argo_glob(const Corpus& corpus, const std::string& file, Report& report) {
  TAUT_ASSIGN(auto cases, corpus.cases(file));
  for (const Value& c : cases) {
    bool got = glob_matches(c["pattern"].as_string(), c["text"].as_string(), c["sep"].as_string());
    report.expect(c["id"].as_string(), c["match"].as_bool() ? "match" : "no match", got ? "match" : "no match");
  }
  return {};
}

}  // namespace taut::fidelity
