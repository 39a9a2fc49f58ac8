// What taut makes of snippets, in the form that oracle/main.go has for helm's.
#include "helm/render.hh"
#include "tests/differential/driver.hh"
#include "tree/memory.hh"

namespace {

using namespace taut;

Result<std::string> run(const Value& request) {
  const TreePtr tree = memory_tree({{"Chart.yaml", "apiVersion: v2\nname: c\nversion: 1.0.0\n"},
                                    {"files/a.txt", "a\nb\n"},
                                    {"files/b.json", "{\"k\": [1, 2.5]}"},
                                    {"templates/t.txt", request["template"].as_string()},
                                    {"values.yaml", request["values"].as_string()}});
  TAUT_ASSIGN(auto chart, helm::load_chart(*tree));
  helm::RenderOptions options;
  options.compat = helm::Compat::kHelm41;
  options.capabilities = helm::default_capabilities(options.compat);
  options.release.name = "rel";
  options.release.name_space = "ns";
  options.environment.now = [] { return std::chrono::time_point_cast<Duration>(std::chrono::system_clock::now()); };
  options.environment.random = [](std::span<uint8_t> bytes) { std::fill(bytes.begin(), bytes.end(), 7); };
  helm::ReleaseValues values;
  helm::make_release_chart(chart, nullptr, values.chart);
  helm::RenderCache cache;
  TAUT_TRY(helm::compute_values(Value::map(), options, values, cache, nullptr));
  TAUT_ASSIGN(auto files, helm::render_templates(values, options, cache));
  return files["c/templates/t.txt"];
}

}  // namespace

int main() { return taut::differential::answer_all(run); }
