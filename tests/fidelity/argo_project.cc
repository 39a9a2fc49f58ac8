#include "dialect/argo/project.hh"

#include <re2/re2.h>

#include "dialect/argo/project_check.hh"
#include "groups.hh"
#include "value/json.hh"

namespace taut::fidelity {
namespace {

argo::Project project_with(std::string_view field, const Value& value) {
  return argo::Project(Value::map({{"spec", Value::map({{field, value}})}}));
}

// Each case says whether the project permits something; `ask` asks ours.
Status permitted(const Corpus& corpus, const std::string& file, Report& report, bool (*ask)(const Value& c)) {
  TAUT_ASSIGN(auto cases, corpus.cases(file));
  for (const Value& c : cases) {
    report.expect(c["id"].as_string(), fmt::format("permitted {} by {}", c["permitted"].as_bool(), to_json(c)),
                  fmt::format("permitted {} by {}", ask(c), to_json(c)));
  }
  return {};
}

}  // namespace

// {sourceRepos, repoURL, permitted}
Status argo_project_source(const Corpus& corpus, const std::string& file, Report& report) {
  return permitted(corpus, file, report, [](const Value& c) {
    return project_with("sourceRepos", c["sourceRepos"]).allows_source(c["repoURL"].as_string());
  });
}

// {destinations, dst: {server, name, namespace}, permitted}
Status argo_project_destination(const Corpus& corpus, const std::string& file, Report& report) {
  return permitted(corpus, file, report, [](const Value& c) {
    const Value& to = c["dst"];
    return project_with("destinations", c["destinations"])
        .allows_destination({to["server"].str(), to["name"].str(), to["namespace"].str()});
  });
}

// {spec, group, kind, name, namespaced, permitted}
Status argo_project_resource(const Corpus& corpus, const std::string& file, Report& report) {
  return permitted(corpus, file, report, [](const Value& c) {
    return argo::Project(Value::map({{"spec", c["spec"]}}))
        .allows_kind(c["group"].as_string(), c["kind"].as_string(), c["name"].as_string(),
                     c["namespaced"].as_bool());
  });
}

// {sourceNamespaces, appNamespace, controllerNs, permitted}
Status argo_project_app_namespace(const Corpus& corpus, const std::string& file, Report& report) {
  return permitted(corpus, file, report, [](const Value& c) {
    return project_with("sourceNamespaces", c["sourceNamespaces"])
        .allows_application_namespace(c["appNamespace"].as_string(), c["controllerNs"].as_string());
  });
}

// {project, err}. Upstream's text carries a gRPC code before it and, of windows, a hash of Go's own encoding.
Status argo_project_validate(const Corpus& corpus, const std::string& file, Report& report) {
  TAUT_ASSIGN(auto cases, corpus.cases(file));
  auto masked = [](std::string text) {
    RE2::Replace(&text, "^rpc error: code = \\w+ desc = ", "");
    RE2::Replace(&text, "hash=\\d+", "hash=N");
    return text;
  };
  for (const Value& c : cases) {
    auto valid = argo::check_project(c["project"]);
    report.expect(c["id"].as_string(), masked(c["err"].str()), masked(valid ? "" : valid.error().message()));
  }
  return {};
}

}  // namespace taut::fidelity
