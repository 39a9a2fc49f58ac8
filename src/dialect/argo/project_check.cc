#include "dialect/argo/project_check.hh"

#include <fmt/format.h>
#include <re2/re2.h>

#include <algorithm>
#include <set>
#include <string>

#include "base/strings.hh"
#include "dialect/argo/sync_windows.hh"
#include "lang/glob/glob.hh"
#include "object/id.hh"
#include "value/json.hh"

namespace taut::argo {
namespace {

std::string_view without_spaces(std::string_view text) {
  text = trim_right(text, " ");
  return text.substr(std::min(text.find_first_not_of(' '), text.size()));
}

using Names = std::set<std::string, std::less<>>;

Status check_destinations(const Value& destinations) {
  Names seen;
  for (const Value& destination : destinations.items()) {
    for (std::string_view field : {"name", "server", "namespace"})
      if (destination[field].as_string() == "!*") return fail(Code::kInvalid, "{} has an invalid format, '!*'", field);
    std::string_view server = destination["server"].as_string(), name = destination["name"].as_string();
    std::string key = fmt::format("{}/{}", server.empty() && !name.empty() ? name : server, destination["namespace"].as_string());
    if (!seen.insert(key).second) return fail(Code::kInvalid, "destination '{}' already added", key);
  }
  return {};
}

Status check_sources(const Value& spec) {
  Names namespaces, repositories;
  for (const Value& ns : spec["sourceNamespaces"].items())
    if (!namespaces.insert(ns.str()).second) return fail(Code::kInvalid, "source namespace '{}' already added", ns.as_string());
  for (const Value& repository : spec["sourceRepos"].items()) {
    if (repository.as_string() == "!*") return fail(Code::kInvalid, "source repository has an invalid format, '!*'");
    if (!repositories.insert(repository.str()).second)
      return fail(Code::kInvalid, "source repository '{}' already added", repository.as_string());
  }
  return {};
}

bool valid_action(std::string_view action) {
  static const Names kActions = {"get", "create", "update", "delete", "sync", "override", "rollback", "*"};
  if (kActions.contains(action)) return true;
  for (std::string_view pattern : {"action/", "update/", "delete/"})
    if (action.find(pattern) != std::string_view::npos) return true;
  return false;
}

// p, proj:PROJECT:ROLE, RESOURCE, ACTION, PROJECT/OBJECT, allow|deny
Status check_policy(std::string_view project, std::string_view role, std::string_view policy) {
  static const Names kResources = {"applications", "applicationsets", "repositories", "exec", "logs", "clusters"};
  auto wrong = [&](const std::string& what) { return fail(Code::kInvalid, "invalid policy rule '{}': {}", policy, what); };
  auto raw = split(policy, ',');
  std::vector<std::string_view> parts;
  for (std::string_view part : raw) parts.push_back(without_spaces(part));
  if (parts.size() != 6 || parts[0] != "p") return wrong("must be of the form: 'p, sub, res, act, obj, eft'");
  std::string subject = fmt::format("proj:{}:{}", project, role);
  if (parts[1] != subject) return wrong(fmt::format("policy subject must be: '{}', not '{}'", subject, parts[1]));
  if (!kResources.contains(parts[2]))
    return wrong(fmt::format("project resource must be: 'applications', 'applicationsets', 'repositories', 'exec', 'logs' or "
                             "'clusters', not '{}'", parts[2]));
  if (!valid_action(parts[3])) return wrong(fmt::format("invalid action '{}'", parts[3]));
  if (!RE2::FullMatch(re2::StringPiece(parts[4].data(), parts[4].size()),
                      RE2::QuoteMeta(std::string(project)) + R"((/[*\w\-.]+)?/[*\w\-.]+)"))
    return wrong(fmt::format("object must be of form '{0}/*', '{0}[/<NAMESPACE>]/<APPNAME>' or '{0}/<APPNAME>', not '{1}'",
                             project, parts[4]));
  if (parts[5] != "allow" && parts[5] != "deny") return wrong("effect must be: 'allow' or 'deny'");
  return {};
}

Status check_group(std::string_view given) {
  std::string_view name = trim(given);
  if (name.size() > 1 && name.starts_with('"') && name.ends_with('"'))
    name = name.substr(1, name.size() - 2);
  else if (name.find(',') != std::string_view::npos)
    return fail(Code::kInvalid, "group '{}' must be quoted", name);
  if (name.empty()) return fail(Code::kInvalid, "group '{}' is empty", name);
  if (name.find_first_of("\"\n\r\t") != std::string_view::npos)
    return fail(Code::kInvalid, "group '{}' contains invalid characters", name);
  if (given.size() > 1 && trim(given.substr(0, 1)).empty()) return fail(Code::kInvalid, "group '{}' contains a leading space", name);
  if (given.size() > 1 && trim(given.substr(given.size() - 1)).empty()) return fail(Code::kInvalid, "group '{}' contains a trailing space", name);
  return {};
}

Status check_role(std::string_view project, const Value& role) {
  std::string_view name = role["name"].as_string();
  if (!RE2::FullMatch(re2::StringPiece(name.data(), name.size()), "[a-zA-Z0-9]([-_a-zA-Z0-9]*[a-zA-Z0-9])?"))
    return fail(Code::kInvalid,
                "invalid role name '{}'. Must consist of alphanumeric characters, '-' or '_', and must start and end with an "
                "alphanumeric character", name);
  Names policies, groups;
  for (const Value& policy : role["policies"].items()) {
    if (!policies.insert(policy.str()).second)
      return fail(Code::kAlreadyExists, "policy '{}' already exists for role '{}'", policy.as_string(), name);
    TAUT_TRY(check_policy(project, name, policy.as_string()));
  }
  for (const Value& group : role["groups"].items()) {
    if (!groups.insert(group.str()).second)
      return fail(Code::kAlreadyExists, "group '{}' already exists for role '{}'", group.as_string(), name);
    TAUT_TRY(check_group(group.as_string()));
  }
  return {};
}

Status check_roles(std::string_view project, const Value& roles) {
  Names names;
  for (const Value& role : roles.items()) {
    if (!names.insert(role["name"].str()).second)
      return fail(Code::kAlreadyExists, "role '{}' already exists", role["name"].as_string());
    TAUT_TRY(check_role(project, role));
  }
  return {};
}

// What makes two windows the same one.
Value identity_of(const Value& window) {
  return Value::list({window["kind"], window["schedule"], window["duration"], window["applications"], window["namespaces"],
                      window["clusters"], window["timeZone"], window["andOperator"]});
}

Status check_windows(const Value& windows) {
  std::set<std::string> seen;
  for (const Value& window : windows.items()) {
    if (window.is_null()) continue;
    std::string_view kind = window["kind"].as_string(), schedule = window["schedule"].as_string(), duration = window["duration"].as_string();
    Value identity = identity_of(window);
    if (!seen.insert(to_json(identity)).second)
      return fail(Code::kAlreadyExists,
                  "sync window with kind '{}', schedule '{}', and duration '{}' already exists (hash={}, duplicate detected)",
                  kind, schedule, duration, identity.hash());
    TAUT_TRY(SyncWindow::validate(window));
    if (window["applications"].empty() && window["namespaces"].empty() && window["clusters"].empty())
      return fail(Code::kInvalid, "window '{}':'{}':'{}' requires one of application, cluster or namespace", kind, schedule, duration);
  }
  return {};
}

Status check_service_accounts(const Value& accounts) {
  Names seen;
  for (const Value& account : accounts.items()) {
    std::string_view name = account["defaultServiceAccount"].as_string();
    for (std::string_view field : {"server", "namespace"})
      if (account[field].as_string().find('!') != std::string_view::npos)
        return fail(Code::kInvalid, "{} has an invalid format, '{}'", field, account[field].as_string());
    if (without_spaces(name).empty() || name.find_first_of("!*[]{}\\/") != std::string_view::npos)
      return fail(Code::kInvalid, "defaultServiceAccount has an invalid format, '{}'", name);
    for (std::string_view field : {"server", "namespace"})
      if (!Glob::compile(account[field].as_string()))
        return fail(Code::kInvalid, "{} has an invalid format, '{}'", field, account[field].as_string());
    std::string key = fmt::format("{}/{}", account["server"].as_string(), account["namespace"].as_string());
    if (!seen.insert(key).second) return fail(Code::kInvalid, "destinationServiceAccount '{}' already added", key);
  }
  return {};
}

}  // namespace

Status check_project(const Value& project) {
  const Value& spec = project["spec"];
  TAUT_TRY(check_destinations(spec["destinations"]));
  TAUT_TRY(check_sources(spec));
  TAUT_TRY(check_roles(name_of(project), spec["roles"]));
  TAUT_TRY(check_windows(spec["syncWindows"]));
  return check_service_accounts(spec["destinationServiceAccounts"]);
}

}  // namespace taut::argo
