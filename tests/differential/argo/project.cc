#include "dialect/argo/project.hh"

#include "dialect/argo/project_check.hh"
#include "dialect/argo/rbac.hh"
#include "dialect/argo/refresh_paths.hh"
#include "dialect/argo/sync_windows.hh"
#include "lang/glob/glob.hh"
#include "tests/differential/argo/ops.hh"

namespace taut::differential {
namespace {

argo::Project project_with(std::string_view field, const Value& value) {
  return argo::Project(Value::map({{"spec", Value::map({{field, value}})}}));
}

Time time_of(const Value& text) { return parse_rfc3339(text.as_string()).value_or(Time{}); }

}  // namespace

Result<Value> project_source(const Value& request) {
  return project_with("sourceRepos", request["repos"]).allows_source(request["repo"].as_string());
}

Result<Value> project_destination(const Value& request) {
  return project_with("destinations", request["destinations"])
      .allows_destination({request["server"].str(), request["name"].str(), request["namespace"].str()});
}

Result<Value> project_resource(const Value& request) {
  return argo::Project(Value::map({{"spec", request["spec"]}}))
      .allows_kind(request["group"].as_string(), request["kind"].as_string(), request["name"].as_string(), request["namespaced"].as_bool());
}

Result<Value> project_app_namespace(const Value& request) {
  return project_with("sourceNamespaces", request["namespaces"])
      .allows_application_namespace(request["namespace"].as_string(), request["controller"].as_string());
}

Result<Value> project_validate(const Value& request) {
  TAUT_TRY(argo::check_project(request["project"]));
  return "";
}

Result<Value> window_active(const Value& request) {
  TAUT_TRY(argo::SyncWindow::validate(request["window"]));
  TAUT_ASSIGN(auto window, argo::SyncWindow::read(request["window"]));
  return window.active(time_of(request["now"]));
}

Result<Value> windows_can_sync(const Value& request) {
  auto windows = argo::SyncWindows::all(request["windows"]);
  if (!windows) return fail(Code::kInvalid, "invalid sync windows: {}", windows.error().message());
  return windows->may_sync(time_of(request["now"]), request["manual"].as_bool(), {});
}

Result<Value> windows_match(const Value& request) {
  const Value& to = request["application"]["spec"]["destination"];
  argo::DestinationRef destination{to["server"].str(), to["name"].str(), to["namespace"].str()};
  Value places = Value::list();
  int place = 0;
  for (const Value& window : request["windows"].items()) {
    if (argo::window_concerns(window, request["application"]["metadata"]["name"].as_string(), destination)) places.push_back(place);
    ++place;
  }
  return places;
}

Result<Value> rbac_enforce(const Value& request) {
  argo::Policy policy;
  for (const char* part : {"builtin", "user", "runtime"}) {
    auto read = argo::Policy::parse(request[part].as_string());
    if (read) policy.append(*read);
    // A project's policy that cannot be read counts for nothing; the others are refused.
    else if (part != std::string_view("runtime")) return tl::unexpected(read.error());
  }
  auto mode = request["mode"].as_string() == "regex" ? argo::MatchMode::kRegex : argo::MatchMode::kGlob;
  argo::Enforcer enforcer(policy, mode, request["defaultRole"].str());
  Value allowed = Value::list();
  for (const Value& r : request["requests"].items())
    allowed.push_back(enforcer.allows({r[0].str(), r[1].str(), r[2].str(), r[3].str()}));
  return allowed;
}

Result<Value> rbac_validate(const Value& request) {
  auto policy = argo::Policy::parse(request["policy"].as_string());
  if (!policy) return tl::unexpected(policy.error());
  return "";
}

Result<Value> glob_match(const Value& request) {
  return glob_matches(request["pattern"].as_string(), request["text"].as_string(), request["separators"].as_string());
}

Result<Value> refresh_paths(const Value& request) {
  auto paths = argo::refresh_paths(request["application"], request["source"]);
  std::vector<std::string> changed;
  for (const Value& file : request["changed"].items()) changed.push_back(file.str());
  Value list = Value::list();
  for (const std::string& path : paths) list.push_back(path);
  return Value::map({{"paths", list}, {"changed", argo::files_concern(paths, changed)}});
}

}  // namespace taut::differential
