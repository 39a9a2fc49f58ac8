#include "dialect/argo/rbac.hh"

#include <re2/re2.h>

#include <algorithm>

#include "base/strings.hh"
#include "lang/glob/glob.hh"
#include "object/id.hh"
#include "yaml/reader.hh"

namespace taut::argo {
namespace {

// Casbin follows roles of roles so deep and no deeper.
constexpr int kRoleDepth = 10;

// The fields of one line of CSV as Go's encoding/csv reads it, spaces before a field left out. Nothing for a quote out
// of its place.
std::optional<std::vector<std::string>> csv_fields(std::string_view line) {
  std::vector<std::string> fields;
  while (true) {
    line.remove_prefix(std::min(line.find_first_not_of(" \t"), line.size()));
    std::string field;
    if (!line.starts_with('"')) {
      size_t comma = std::min(line.find(','), line.size());
      field = line.substr(0, comma);
      if (field.find('"') != std::string::npos) return {};
      line.remove_prefix(comma);
    } else {
      line.remove_prefix(1);
      for (bool open = true; open;) {
        size_t quote = line.find('"');
        if (quote == std::string_view::npos) return {};
        field += line.substr(0, quote);
        line.remove_prefix(quote + 1);
        open = line.starts_with('"');
        if (open) field += '"', line.remove_prefix(1);
      }
      if (!line.empty() && line.front() != ',') return {};
    }
    fields.push_back(std::move(field));
    if (line.empty()) return fields;
    line.remove_prefix(1);
  }
}

}  // namespace

Status Policy::add_line(std::string_view line) {
  if (line.empty() || line.front() == '#') return {};
  auto fields = csv_fields(line);
  // The other sections of a Casbin model may be named, to no effect.
  bool known = fields && (*fields)[0].size() == 1 && std::string_view("pgrem").find((*fields)[0]) != std::string_view::npos;
  if (!known) return fail(Code::kInvalid, "invalid RBAC policy: {}", line);
  auto& f = *fields;
  if ((f[0] == "g" && f.size() != 3) || (f[0] == "p" && f.size() != 6))
    return fail(Code::kInvalid, "invalid RBAC policy: {}", line);
  if (f[0] == "p") rules_.push_back({f[1], f[2], f[3], f[4], f[5]});
  if (f[0] == "g") groups_.emplace_back(f[1], f[2]);
  return {};
}

Result<Policy> Policy::parse(std::string_view text) {
  Policy out;
  for (std::string_view line : split(text, '\n'))
    if (!out.add_line(trim(line))) return fail(Code::kInvalid, "policy syntax error: {}", text);
  return out;
}

void Policy::append(const Policy& other) {
  rules_.insert(rules_.end(), other.rules_.begin(), other.rules_.end());
  groups_.insert(groups_.end(), other.groups_.begin(), other.groups_.end());
}

// One rule, ready to be asked.
struct Enforcer::Matcher {
  std::string subject;
  std::optional<Glob> globs[3];
  std::unique_ptr<RE2> expressions[3];
  bool allow = false;
  bool deny = false;
};

Enforcer::Enforcer(const Policy& policy, MatchMode mode, std::string default_role) : default_role_(std::move(default_role)) {
  RE2::Options quiet;
  quiet.set_log_errors(false);
  for (const auto& rule : policy.rules_) {
    Matcher matcher;
    matcher.subject = rule.subject;
    matcher.allow = rule.effect == "allow";
    matcher.deny = rule.effect == "deny";
    const std::string* patterns[] = {&rule.resource, &rule.action, &rule.object};
    for (size_t i = 0; i < 3; ++i) {
      if (mode == MatchMode::kRegex)
        matcher.expressions[i] = std::make_unique<RE2>(*patterns[i], quiet);
      else if (auto glob = Glob::compile(*patterns[i]))
        matcher.globs[i] = std::move(*glob);
    }
    matchers_.push_back(std::move(matcher));
  }
  for (const auto& [name, role] : policy.groups_) roles_.emplace(name, role);
}

Enforcer::~Enforcer() = default;
Enforcer::Enforcer(Enforcer&&) noexcept = default;
Enforcer& Enforcer::operator=(Enforcer&&) noexcept = default;

bool Enforcer::is_in(std::string_view name, std::string_view role, int depth) const {
  if (name == role) return true;
  if (depth == kRoleDepth) return false;
  auto [begin, end] = roles_.equal_range(name);
  return std::any_of(begin, end, [&](const auto& entry) { return is_in(entry.second, role, depth + 1); });
}

bool Enforcer::decide(const AccessRequest& request) const {
  const std::string* asked[] = {&request.resource, &request.action, &request.object};
  bool allowed = false;
  for (const Matcher& rule : matchers_) {
    if (!is_in(request.subject, rule.subject)) continue;
    bool matches = true;
    for (size_t i = 0; i < 3 && matches; ++i) {
      const RE2* expression = rule.expressions[i].get();
      if (expression && !expression->ok()) return false;
      matches = expression ? RE2::PartialMatch(*asked[i], *expression) : rule.globs[i] && rule.globs[i]->matches(*asked[i]);
    }
    if (matches && rule.deny) return false;
    allowed = allowed || (matches && rule.allow);
  }
  return allowed;
}

bool Enforcer::allows(const AccessRequest& request) const {
  if (!default_role_.empty()) {
    AccessRequest by_default = request;
    by_default.subject = default_role_;
    if (decide(by_default)) return true;
  }
  return decide(request);
}

bool Enforcer::allows(const AccessRequest& request, std::span<const std::string> groups) const {
  if (allows(request)) return true;
  AccessRequest as_group = request;
  return std::ranges::any_of(groups, [&](const std::string& group) {
    as_group.subject = group;
    return roles_.contains(group) && decide(as_group);
  });
}

std::string_view builtin_policy() {
  return R"(p, role:readonly, applications, get, */*, allow
p, role:readonly, applicationsets, get, */*, allow
p, role:readonly, certificates, get, *, allow
p, role:readonly, clusters, get, *, allow
p, role:readonly, repositories, get, *, allow
p, role:readonly, write-repositories, get, *, allow
p, role:readonly, projects, get, *, allow
p, role:readonly, accounts, get, *, allow
p, role:readonly, gpgkeys, get, *, allow
p, role:readonly, logs, get, */*, allow
p, role:admin, applications, create, */*, allow
p, role:admin, applications, update, */*, allow
p, role:admin, applications, update/*, */*, allow
p, role:admin, applications, delete, */*, allow
p, role:admin, applications, delete/*, */*, allow
p, role:admin, applications, sync, */*, allow
p, role:admin, applications, override, */*, allow
p, role:admin, applications, action/*, */*, allow
p, role:admin, applicationsets, get, */*, allow
p, role:admin, applicationsets, create, */*, allow
p, role:admin, applicationsets, update, */*, allow
p, role:admin, applicationsets, delete, */*, allow
p, role:admin, certificates, create, *, allow
p, role:admin, certificates, update, *, allow
p, role:admin, certificates, delete, *, allow
p, role:admin, clusters, create, *, allow
p, role:admin, clusters, update, *, allow
p, role:admin, clusters, delete, *, allow
p, role:admin, repositories, create, *, allow
p, role:admin, repositories, update, *, allow
p, role:admin, repositories, delete, *, allow
p, role:admin, write-repositories, create, *, allow
p, role:admin, write-repositories, update, *, allow
p, role:admin, write-repositories, delete, *, allow
p, role:admin, projects, create, *, allow
p, role:admin, projects, update, *, allow
p, role:admin, projects, delete, *, allow
p, role:admin, accounts, update, *, allow
p, role:admin, gpgkeys, create, *, allow
p, role:admin, gpgkeys, delete, *, allow
p, role:admin, exec, create, */*, allow
g, role:admin, role:readonly
g, admin, role:admin
)";
}

AccessSettings read_access_settings(const Value& config_map) {
  AccessSettings out;
  const Value& data = config_map["data"];
  out.policy = data["policy.csv"].str();
  for (const Entry& entry : data.entries())
    if (entry.key().starts_with("policy.") && entry.key().ends_with(".csv") && entry.key() != "policy.csv")
      out.policy += "\n" + entry.value.str();
  out.default_role = data["policy.default"].str();
  if (data["policy.matchMode"].as_string() == "regex") out.mode = MatchMode::kRegex;
  auto scopes = parse_yaml_document(data["scopes"].as_string());
  if (scopes)
    for (const Value& scope : scopes->root.items()) out.scopes.push_back(scope.str());
  if (out.scopes.empty()) out.scopes = {"groups"};
  return out;
}

std::string project_policy(const Value& project) {
  std::vector<std::string> lines;
  std::string name(name_of(project));
  for (const Value& role : project["spec"]["roles"].items()) {
    std::string subject = fmt::format("proj:{}:{}", name, role["name"].as_string());
    lines.push_back(fmt::format("p, {}, projects, get, {}, allow", subject, name));
    for (const Value& policy : role["policies"].items()) lines.push_back(policy.str());
    for (const Value& group : role["groups"].items()) lines.push_back(fmt::format("g, {}, {}", group.as_string(), subject));
  }
  return join(lines, "\n");
}

std::string project_of_request(const AccessRequest& request) {
  static constexpr std::string_view kInProjects[] = {"applicationsets", "applications", "repositories",
                                                     "clusters",        "logs",         "exec"};
  if (request.resource == "projects") return request.object;
  size_t slash = request.object.find('/');
  bool scoped = std::ranges::find(kInProjects, request.resource) != std::end(kInProjects);
  return scoped && slash != std::string::npos ? request.object.substr(0, slash) : std::string();
}

}  // namespace taut::argo
