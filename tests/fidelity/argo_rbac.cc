#include "dialect/argo/rbac.hh"
#include "groups.hh"

namespace taut::fidelity {
namespace {

// What builtin, user and runtime policy say together; a runtime policy that cannot be read counts for nothing.
argo::Policy policy_of(const Value& c, const Value& texts) {
  argo::Policy out;
  for (const char* part : {"builtin", "user", "runtime"})
    if (auto policy = argo::Policy::parse(texts[c[part].as_string()].as_string())) out.append(*policy);
  return out;
}

}  // namespace

// {request: [sub, res, act, obj], builtin, user, runtime, defaultRole, matchMode, enabled, allow}. Cases that need the
// claims of a token are the business of the server's callback; a subject that is no text has no name.
Status argo_rbac(const Corpus& corpus, const std::string& file, Report& report) {
  TAUT_ASSIGN(auto cases, corpus.cases(file));
  TAUT_ASSIGN(Value texts, corpus.json("argo/rbac_policies.json"));
  for (const Value& c : cases) {
    if (c["needsClaims"].as_bool()) continue;
    auto mode = c["matchMode"].as_string() == "regex" ? argo::MatchMode::kRegex : argo::MatchMode::kGlob;
    argo::Enforcer enforcer(policy_of(c, texts), mode, c["defaultRole"].str());
    const Value& r = c["request"];
    bool allowed = r.size() == 4 && enforcer.allows({r[0].str(), r[1].str(), r[2].str(), r[3].str()});
    bool enabled = c["enabled"].as_bool();
    report.expect(c["id"].as_string(), c["allow"].as_bool() ? "allowed" : "denied", allowed || !enabled ? "allowed" : "denied");
  }
  return {};
}

// {policy, err}
Status argo_rbac_validate(const Corpus& corpus, const std::string& file, Report& report) {
  TAUT_ASSIGN(auto cases, corpus.cases(file));
  for (const Value& c : cases) {
    auto policy = argo::Policy::parse(c["policy"].as_string());
    report.expect(c["id"].as_string(), c["err"].as_string(), policy ? "" : policy.error().message());
  }
  return {};
}

}  // namespace taut::fidelity
