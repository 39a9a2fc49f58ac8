#include "groups.hh"
#include "helm/go_values.hh"
#include "helm/strvals.hh"
#include "value/json.hh"

namespace taut::fidelity {
namespace {

helm::SetMode mode_of(std::string_view name) {
  if (name == "string") return helm::SetMode::kString;
  if (name == "json") return helm::SetMode::kJson;
  if (name == "file") return helm::SetMode::kFile;
  if (name == "literal") return helm::SetMode::kLiteral;
  return helm::SetMode::kTyped;
}

// The recorded run had no files: its reader told the name.
Result<std::string> named_file(std::string_view path) { return fmt::format("<content of {}>", path); }

std::string computed(const Value& c) {
  Value values = Value::map();
  if (c.contains("base")) {
    auto base = parse_json(c["base"].as_string());
    if (!base) return "error " + base.error().message();
    values = helm::with_float_numbers(*base);
  }
  Status status = helm::apply_set(c["input"].as_string(), mode_of(c["mode"].as_string()), values, named_file);
  return status ? to_json(values, {.escape_html = true}) : "error " + status.error().message();
}

}  // namespace

// {mode, input, base, expected or error}: one --set argument written into a base.
Status helm_strvals(const Corpus& corpus, const std::string& file, Report& report) {
  TAUT_ASSIGN(auto cases, corpus.cases(file));
  for (const Value& c : cases) {
    if (c["group"].as_string() != "strvals") continue;
    std::string want = c.contains("error") ? "error " + c["error"].str() : c["expected"].str();
    report.expect(c["id"].as_string(), want, computed(c));
  }
  return {};
}

}  // namespace taut::fidelity
