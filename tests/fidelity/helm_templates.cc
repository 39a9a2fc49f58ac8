// Snippets of one template: what Helm's engine makes of it, or its error.
#include "base/strings.hh"
#include "groups.hh"
#include "helm/strvals.hh"
#include "lang/gotmpl/execution.hh"
#include "lang/gotmpl/funcs/failure.hh"
#include "lang/gotmpl/funcs/table.hh"
#include "lang/gotmpl/helm_error.hh"
#include "yaml/reader.hh"

namespace taut::fidelity {
namespace {

constexpr std::string_view kName = "c/templates/t.txt";

// What a template of the chart c sees, but for its files and capabilities.
gotmpl::Value root_of(gotmpl::Heap& heap, const Value& values, gotmpl::Numbers numbers) {
  Value root = Value::map({
      {"Chart", Value::map({{"Name", "c"}, {"Version", "1.2.3"}, {"AppVersion", "4.5"}, {"Description", "d"}})},
      {"Release", Value::map({{"Name", "rel"}, {"Namespace", "testns"}, {"Service", "Helm"}, {"IsInstall", true},
                              {"IsUpgrade", false}})},
      {"Template", Value::map({{"Name", kName}, {"BasePath", "c/templates"}})},
  });
  gotmpl::Value out = heap.wrap(root);
  out.map().set("Values", heap.wrap(values, numbers));
  out.map().get("Release").map().set("Revision", gotmpl::Value::integer(1));
  return out;
}

std::string run_template(std::string_view text, const Value& values, gotmpl::Numbers numbers) {
  gotmpl::Heap heap;
  gotmpl::Environment environment;
  environment.helm = 41;
  environment.now = std::chrono::system_clock::now;
  gotmpl::TemplateSet set(gotmpl::helm_functions(environment.helm));
  if (Status parsed = set.parse(kName, text); !parsed) {
    return gotmpl::helm_parse_error(kName, parsed.error().message());
  }
  gotmpl::Execution run(set, heap, environment);
  auto out = run.render(kName, root_of(heap, values, numbers));
  if (!out) {
    const std::string& error = out.error().message();
    return gotmpl::helm_exec_error(error, gotmpl::marked_failure(error));
  }
  return replace_all(*out, "<no value>", "");  // as Helm's engine does
}

Result<Value> values_of(const Value& c, const Value& standard) {
  if (c["values_ref"].as_string() == "std") return standard;
  Value values = Value::map();
  if (c.contains("values")) {
    TAUT_ASSIGN(auto document, parse_yaml_document(c["values"].as_string(), {.reject_duplicate_keys = false}));
    values = document.root;
  }
  for (const Value& set : c["set"].items()) TAUT_TRY(helm::apply_set(set.as_string(), helm::SetMode::kTyped, values));
  return values;
}

}  // namespace

Status helm_templates(std::string_view group, const Corpus& corpus, const std::string& file, Report& report) {
  TAUT_ASSIGN(auto cases, corpus.cases(file));
  TAUT_ASSIGN(auto standard_text, corpus.text("helm/snippets.std-values.yaml"));
  TAUT_ASSIGN(auto standard, parse_yaml_document(standard_text));
  for (const Value& c : cases) {
    if (c["group"].as_string() != group || !c.contains("template")) continue;
    // Numbers of values files are float64; integers of --set are int64.
    auto numbers = c.contains("set") ? gotmpl::Numbers::kInt64 : gotmpl::Numbers::kFloat64;
    auto values = values_of(c, standard.root);
    std::string got = values ? run_template(c["template"].as_string(), *values, numbers) : values.error().message();
    std::string_view want = c.contains("error") ? c["error"].as_string() : c["expected"].as_string();
    report.expect(c["id"].as_string(), want, got);
  }
  return {};
}

}  // namespace taut::fidelity
