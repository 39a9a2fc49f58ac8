#include <re2/re2.h>

#include <cstdlib>
#include <fstream>
#include <iostream>
#include <sstream>

#include "groups.hh"
#include "health/customizations.hh"
#include "health/known_kinds.hh"
#include "value/json.hh"

namespace taut::fidelity {
namespace {

namespace fs = std::filesystem;

// The scripts are not in the corpus: TAUT_HEALTH_SCRIPTS names a folder like Argo CD's resource_customizations.
const Customizations* scripts() {
  static const auto loaded = []() -> std::optional<Customizations> {
    const char* folder = std::getenv("TAUT_HEALTH_SCRIPTS");
    if (!folder) return std::nullopt;
    Customizations out;
    for (const auto& entry : fs::recursive_directory_iterator(folder)) {
      if (entry.path().extension() != ".lua") continue;
      std::ifstream in(entry.path());
      std::stringstream text;
      text << in.rdbuf();
      out.add_file(fs::relative(entry.path(), folder).string(), text.str());
    }
    return out;
  }();
  return loaded ? &*loaded : nullptr;
}

bool skipped(const std::string& file) {
  if (scripts()) return false;
  std::cerr << file << " is skipped: TAUT_HEALTH_SCRIPTS names no folder with scripts\n";
  return true;
}

// The inputs as JSON, by their names.
Result<std::map<std::string, Value>> documents(const Corpus& corpus) {
  TAUT_ASSIGN(auto lines, corpus.cases("argo/docs.jsonl"));
  std::map<std::string, Value> out;
  for (const Value& line : lines) out.emplace(line["input"].str(), line["doc"]);
  return out;
}

Time now() { return std::chrono::time_point_cast<Duration>(std::chrono::system_clock::now()); }

// Times, and the names that are made of them, are those of the run.
std::string masked(std::string text) {
  RE2::GlobalReplace(&text, R"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z?)", "TIME");
  RE2::GlobalReplace(&text, R"(-\d{12,14}|-\d{8}-?\d{4,6}|\b\d{10}\b)", "-TIME");
  return text;
}

}  // namespace

// {input, expect: {status, message}}
Status argo_health_lua(const Corpus& corpus, const std::string& file, Report& report) {
  if (skipped(file)) return {};
  TAUT_ASSIGN(auto cases, corpus.cases(file));
  TAUT_ASSIGN(auto inputs, documents(corpus));
  for (const Value& c : cases) {
    auto judged = scripts()->judge(inputs[c["input"].str()], now());
    std::string got = judged && judged->health
                          ? fmt::format("{} \"{}\"", health_name(judged->health->state), judged->health->message)
                          : "nothing";
    report.expect(c["id"].as_string(),
                  fmt::format("{} \"{}\"", c["expect"]["status"].as_string(), c["expect"]["message"].as_string()), got);
  }
  return {};
}

// The same, by our own table: the state alone, of the kinds that are in it.
Status argo_health_known(const Corpus& corpus, const std::string& file, Report& report) {
  TAUT_ASSIGN(auto cases, corpus.cases(file));
  TAUT_ASSIGN(auto inputs, documents(corpus));
  for (const Value& c : cases) {
    auto known = judge_known(inputs[c["input"].str()]);
    if (!known) continue;
    report.expect(c["id"].as_string(), fmt::format("{} (\"{}\")", c["expect"]["status"].as_string(), c["expect"]["message"].as_string()),
                  known->state == parse_health(c["expect"]["status"].as_string())
                      ? fmt::format("{} (\"{}\")", c["expect"]["status"].as_string(), c["expect"]["message"].as_string())
                      : fmt::format("{} (\"{}\")", health_name(known->state), known->message));
  }
  return {};
}

// {input, expect: [{name, disabled, displayName, iconClass, params}]}: each action that is offered must be among them.
Status argo_action_discovery(const Corpus& corpus, const std::string& file, Report& report) {
  if (skipped(file)) return {};
  TAUT_ASSIGN(auto cases, corpus.cases(file));
  TAUT_ASSIGN(auto inputs, documents(corpus));
  for (const Value& c : cases) {
    auto actions = scripts()->actions(inputs[c["input"].str()], now());
    std::string difference = actions ? "" : actions.error().message();
    for (const Action& action : actions ? *actions : std::vector<Action>()) {
      bool expected = std::ranges::any_of(c["expect"].items(), [&](const Value& e) {
        Action want{e["name"].str(), e["disabled"].as_bool(), e["displayName"].str(), e["iconClass"].str(), {}};
        for (const Value& parameter : e["params"].items()) want.parameters.push_back(parameter["name"].str());
        return want == action;
      });
      if (!expected) difference += action.name + " is not expected; ";
    }
    if (actions && actions->size() != c["expect"].size()) difference += fmt::format("{} actions of {}", actions->size(), c["expect"].size());
    report.expect(c["id"].as_string(), "", difference);
  }
  return {};
}

// {input, action, parameters, oracle: {impacted: [{operation, resource}] or null, err}}
Status argo_actions(const Corpus& corpus, const std::string& file, Report& report) {
  if (skipped(file)) return {};
  TAUT_ASSIGN(auto cases, corpus.cases(file));
  TAUT_ASSIGN(auto inputs, documents(corpus));
  for (const Value& c : cases) {
    auto impacts = scripts()->act(inputs[c["input"].str()], c["action"].as_string(), c["parameters"], now());
    if (!impacts) {
      report.expect(c["id"].as_string(), c["oracle"]["err"].as_string(), impacts.error().message());
      continue;
    }
    Value got = Value::list();
    for (const Impact& impact : *impacts)
      got.push_back(Value::map({{"operation", impact.operation == Impact::Operation::kPatch ? "patch" : "create"},
                                {"resource", impact.object}}));
    auto want = parse_json(masked(to_json(c["oracle"]["impacted"])));
    auto shown = parse_json(masked(to_json(got)));
    report.expect_value(c["id"].as_string(), *want, *shown);
  }
  return {};
}

}  // namespace taut::fidelity
