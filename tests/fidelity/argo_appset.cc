#include <algorithm>

#include "dialect/argo/appset/applications.hh"
#include "groups.hh"
#include "value/json.hh"

namespace taut::fidelity {
namespace {

using argo::appset::Language;

Language language_of(const Value& c) {
  Language out{c["goTemplate"].as_bool(), {}};
  for (const Value& option : c["goTemplateOptions"].items()) out.options.push_back(option.str());
  return out;
}

// Without what Go's typed objects print for nothing: nulls, empty texts, maps and lists.
Value pruned(const Value& value) {
  if (value.is_list()) {
    Value out = Value::list();
    for (const Value& item : value.items()) out.push_back(pruned(item));
    return out;
  }
  if (!value.is_map()) return value;
  Value out = Value::map({});
  for (const auto& [key, item] : value.entries()) {
    Value rest = pruned(item);
    bool nothing = rest.is_null() || ((rest.is_string() || rest.is_map() || rest.is_list()) && rest.empty());
    if (!nothing) out.set(key.as_string(), std::move(rest));
  }
  return out;
}

void report_result(Report& report, const Value& c, const Result<Value>& got, const Value& want) {
  std::string_view id = c["id"].as_string(), error = c["err"].as_string();
  if (!got || !error.empty()) return report.expect(id, error, got ? "no error: " + to_json(*got) : got.error().message());
  report.expect_value(id, want, *got);
}

// What a generator asked for when the case was recorded.
class RecordedWorld : public argo::appset::World {
 public:
  explicit RecordedWorld(const Value& c) : case_(c) {}

  Result<std::vector<std::string>> folders(const std::string&, const std::string&) override {
    for (const Value& call : case_["state"].items()) {
      if (call["call"].as_string() != "GetDirectories") continue;
      if (!call["err"].as_string().empty()) return fail(Code::kUnavailable, "{}", call["err"].as_string());
      std::vector<std::string> out;
      for (const Value& folder : call["dirs"].items()) out.push_back(folder.str());
      return out;
    }
    return fail(Code::kInternal, "no folders were recorded");
  }
  Result<std::map<std::string, std::string>> files(const std::string&, const std::string&, const std::string& pattern) override {
    for (const Value& call : case_["state"].items()) {
      if (call["call"].as_string() != "GetFiles" || call["pattern"].as_string() != pattern) continue;
      if (!call["err"].as_string().empty()) return fail(Code::kUnavailable, "{}", call["err"].as_string());
      std::map<std::string, std::string> out;
      for (const auto& [path, text] : call["files"].entries()) out.emplace(path.as_string(), text.str());
      return out;
    }
    return fail(Code::kInternal, "no files were recorded for {}", pattern);
  }
  Result<std::vector<Value>> cluster_secrets() override {
    if (case_["err"].as_string().ends_with("could not list Secrets")) return fail(Code::kUnavailable, "could not list Secrets");
    std::vector<Value> out;
    for (const Value& secret : case_["state"].items()) out.push_back(secret);
    return out;
  }
  // Which projects there were is not recorded but where one was missing.
  Status project(const std::string& name) override {
    if (!case_["err"].as_string().starts_with("error getting project ")) return {};
    return fail(Code::kNotFound, "appprojects.argoproj.io \"{}\" not found", name);
  }

 private:
  const Value& case_;
};

// Go's maps have no order: neither do the sets that come out of them.
Value sorted(const argo::appset::ParameterSets& sets) {
  std::vector<std::pair<std::string, Value>> keyed;
  for (const Value& set : sets) keyed.emplace_back(to_json(set), set);
  std::ranges::sort(keyed, {}, [](const auto& pair) { return pair.first; });
  Value out = Value::list();
  for (auto& [key, set] : keyed) out.push_back(std::move(set));
  return out;
}

bool only_lists(const Value& generator) {
  for (std::string_view kind : {"matrix", "merge"})
    for (const Value& child : generator[kind]["generators"].items())
      for (const auto& [name, block] : child.entries())
        if (name.as_string() != "list" && name.as_string() != "selector" && block.is_map() && !only_lists(child)) return false;
  return !generator["git"].is_map() && !generator["clusters"].is_map();
}

}  // namespace

// {template, params, goTemplate, goTemplateOptions, result, err}: one text.
Status argo_appset_replace(const Corpus& corpus, const std::string& file, Report& report) {
  TAUT_ASSIGN(auto cases, corpus.cases(file));
  for (const Value& c : cases) {
    auto got = argo::appset::fill(c["template"].as_string(), c["params"], language_of(c));
    report_result(report, c, got ? Result<Value>(Value(*got)) : tl::unexpected(got.error()), c["result"]);
  }
  return {};
}

// {template, params, syncPolicy, goTemplate, goTemplateOptions, result, err}: a whole Application.
Status argo_appset_render(const Corpus& corpus, const std::string& file, Report& report) {
  TAUT_ASSIGN(auto cases, corpus.cases(file));
  for (const Value& c : cases) {
    // Recorded as JSON, which some templates (with texts of YAML in them) and parameters (Go functions) are not.
    if (c["template"].is_null() || c["params"].is_null()) continue;
    auto got = argo::appset::render_application(c["template"], c["syncPolicy"], c["params"], language_of(c));
    report_result(report, c, got ? Result<Value>(pruned(*got)) : got, pruned(c["result"]));
  }
  return {};
}

// {generator, appSet, state, params, err}. Children of matrix and merge that are no lists were mocked upstream: what
// they gave is not known, so only what does not depend on it is compared.
Status argo_appset_generator(const Corpus& corpus, const std::string& file, Report& report) {
  TAUT_ASSIGN(auto cases, corpus.cases(file));
  // What was recorded is one kind of generator, before the selector.
  constexpr std::string_view kStart = "argo/appset_generator_";
  std::string kind = file.substr(kStart.size(), file.find('.') - kStart.size());
  if (kind == "cluster") kind = "clusters";
  for (const Value& c : cases) {
    bool combining = c["generator"]["matrix"].is_map() || c["generator"]["merge"].is_map();
    if (combining && !only_lists(c["generator"]) && !c["err"].as_string().starts_with("found ")) continue;
    RecordedWorld world(c);
    Value generator = Value::map({{kind, c["generator"][kind]}});
    auto generated = argo::appset::generate(generator, c["appSet"], world);
    argo::appset::ParameterSets want;
    for (const Value& set : c["params"].items()) want.push_back(set);
    Result<Value> got = generated ? Result<Value>(sorted(generated->empty() ? argo::appset::ParameterSets() : generated->front().parameters))
                                  : tl::unexpected(generated.error());
    report_result(report, c, got, sorted(want));
  }
  return {};
}

}  // namespace taut::fidelity
