#include "base/strings.hh"
#include "groups.hh"
#include "lang/envsubst/envsubst.hh"

namespace taut::fidelity {
namespace {

// The text, or the error. Where the library crashes any error will do.
std::string wanted(const Value& c) {
  if (c["error"].empty()) return c["output"].str();
  return c["error"].as_string() == "PANIC" ? "an error" : "error: " + c["error"].str();
}

std::string substituted(const Value& c, const Value& vars) {
  bool strict = c["strict"].as_bool();
  auto out = envsubst::substitute(c["input"].as_string(), [&](std::string_view name) -> std::optional<std::string> {
    const Value* value = vars.find(name);
    if (value != nullptr) return value->str();
    return strict ? std::nullopt : std::optional<std::string>("");
  });
  // The recorded outputs are JSON, so halves of characters were lost there.
  if (out) return replace_invalid_utf8(*out);
  return c["error"].as_string() == "PANIC" ? "an error" : "error: " + out.error().message();
}

void check(const Value& c, const Value& vars, Report& report) {
  std::string name = fmt::format("{}{}", c["strict"].as_bool() ? "strict " : "", c["input"].as_string());
  report.expect(name, wanted(c), substituted(c, vars));
}

}  // namespace

// {vars, cases: [{strict, input, output or error}]}
Status flux_envsubst_generated(const Corpus& corpus, const std::string& file, Report& report) {
  TAUT_ASSIGN(Value document, corpus.json(file));
  for (const Value& c : document["cases"].items()) check(c, document["vars"], report);
  return {};
}

// [{strict, input, vars, output or error}]
Status flux_envsubst_upstream(const Corpus& corpus, const std::string& file, Report& report) {
  TAUT_ASSIGN(auto cases, corpus.cases(file));
  for (const Value& c : cases) check(c, c["vars"], report);
  return {};
}

}  // namespace taut::fidelity
