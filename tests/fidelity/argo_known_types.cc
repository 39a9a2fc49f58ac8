#include "base/strings.hh"
#include "dialect/argo/known_types.hh"
#include "groups.hh"

namespace taut::fidelity {

// {overrides: {"group/Kind": {knownTypeFields: [{field, type}]}}, before, after, err}. Types that are not known are left
// out with a warning.
Status argo_known_types(const Corpus& corpus, const std::string& file, Report& report) {
  TAUT_ASSIGN(auto cases, corpus.cases(file));
  for (const Value& c : cases) {
    argo::KnownTypes types;
    for (const Entry& override : c["overrides"].entries()) {
      std::string_view group, kind;
      if (!cut(override.key(), "/", group, kind)) kind = override.key();
      for (const Value& field : override.value["knownTypeFields"].items())
        (void)types.add(group, kind, field["field"].as_string(), field["type"].as_string());
    }
    Value object = c["before"];
    bool applied = types.apply(object).has_value();
    if (applied != c["err"].as_string().empty())
      report.expect(c["id"].as_string(), c["err"].as_string(), applied ? "no error" : "an error");
    else
      report.expect_value(c["id"].as_string(), c["after"], object);
  }
  return {};
}

}  // namespace taut::fidelity
