// What taut makes of snippets, in the form that oracle/main.go has for helm's.
#include <iostream>

#include "base/runes.hh"
#include "helm/render.hh"
#include "tree/memory.hh"
#include "value/json.hh"

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

// As Go's strings.ToValidUTF8: a run of bytes that are no text becomes one "?".
std::string valid(std::string_view text) {
  std::string out;
  bool before = false;
  while (!text.empty()) {
    std::string_view rest = text;
    bool bad = false;
    take_rune(rest, &bad);
    if (!bad) out += text.substr(0, text.size() - rest.size());
    else if (!before) out += '?';
    before = bad;
    text = rest;
  }
  return out;
}

}  // namespace

int main() {
  for (std::string line; std::getline(std::cin, line);) {
    auto request = parse_json(line);
    if (!request) return 1;
    auto out = run(*request);
    Value record = Value::map({{"out", out ? valid(*out) : ""}, {"error", out ? "" : valid(out.error().message())}});
    std::cout << to_json(record) << '\n';
  }
}
