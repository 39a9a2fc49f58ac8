#include "dialect/argo/project.hh"

#include <fmt/format.h>
#include <re2/re2.h>

#include "base/strings.hh"
#include "lang/glob/glob.hh"
#include "lang/glob/path_match.hh"
#include "lang/gotmpl/funcs/go_url.hh"
#include "object/id.hh"

namespace taut::argo {
namespace {

bool denies(std::string_view pattern) { return pattern.starts_with('!'); }

bool matches(std::string_view pattern, std::string_view text, std::string_view separators = {}) {
  if (denies(pattern)) return !glob_matches(pattern.substr(1), text, separators);
  return pattern == "*" || glob_matches(pattern, text, separators);
}

// Anywhere in the text, as Go's MatchString; one that does not compile matches nothing.
bool regex_matches(std::string_view pattern, std::string_view text) {
  RE2 regex(re2::StringPiece(pattern.data(), pattern.size()), RE2::Quiet);
  return regex.ok() && RE2::PartialMatch(re2::StringPiece(text.data(), text.size()), regex);
}

// "user@host:path", with or without ssh:// before it: no slash or colon before the "@", and no other "@".
bool is_ssh(std::string_view url) {
  if (url.starts_with("ssh://")) url.remove_prefix(6);
  size_t at = url.find_first_of("@/:");
  return at != std::string_view::npos && url[at] == '@' && at + 1 < url.size() && url.find('@', at + 1) == std::string_view::npos;
}

// git.NormalizeGitURL: shorthands of ssh, cases and ".git" are no difference, and what goes through Go's URLs comes out
// as they write it, patterns too. What is no URL is "".
std::string normalized_repo(std::string_view url) {
  std::string text = to_lower(trim(url));
  if (is_ssh(text) && !text.starts_with("ssh://")) {
    if (size_t colon = text.find(':'); colon != std::string::npos) text[colon] = '/';
    text.insert(0, "ssh://");
  }
  if (text.ends_with(".git")) text.resize(text.size() - 4);
  auto parsed = gotmpl::GoUrl::parse(text);
  if (!parsed) return "";
  std::string out = parsed->to_string();
  return out.starts_with("ssh://") ? out.substr(6) : out;
}

bool path_matches(const Value& pattern, std::string_view text) { return path_match(pattern.as_string(), text).value_or(false); }

// Lists of kinds are matched as paths are: a "!" denies nothing here.
bool listed(const Value& list, std::string_view group, std::string_view kind, std::string_view name) {
  for (const Value& item : list.items()) {
    if (!path_matches(item["kind"], kind) || !path_matches(item["group"], group)) continue;
    if (item["name"].as_string().empty() || path_matches(item["name"], name)) return true;
  }
  return false;
}

class ProjectPermissions : public engine::Permissions {
 public:
  ProjectPermissions(Project project, DestinationRef destination, std::shared_ptr<const ResourceFilter> filter)
      : project_(std::move(project)), destination_(std::move(destination)), filter_(std::move(filter)) {}

  bool excludes(const Gvk& gvk) const override { return filter_ && filter_->excludes(gvk.group, gvk.kind, destination_.server); }

  // Words of controller/sync.go.
  std::string refusal(const Gvk& gvk, const Value& object, bool namespaced) const override {
    std::string_view name = name_of(object);
    if (!project_.allows_kind(gvk.group, gvk.kind, name, namespaced))
      return fmt::format("resource {}:{} is not permitted in project {}", gvk.group, gvk.kind, project_.name());
    if (!namespaced) return {};
    DestinationRef place = destination_;
    place.ns = namespace_of(object);
    if (!project_.allows_destination(place))
      return fmt::format("namespace {} is not permitted in project '{}'", place.ns, project_.name());
    return {};
  }

 private:
  Project project_;
  DestinationRef destination_;
  std::shared_ptr<const ResourceFilter> filter_;
};

}  // namespace

bool namespace_matches(std::string_view pattern, std::string_view ns) {
  bool regex = pattern.size() > 1 && pattern.starts_with('/') && pattern.ends_with('/');
  return (regex && regex_matches(pattern.substr(1, pattern.size() - 2), ns)) || glob_matches(pattern, ns);
}

Project Project::permissive() {
  static const Value kProject = [] {
    Value any = Value::list({Value::map({{"group", "*"}, {"kind", "*"}})});
    Value everywhere = Value::list({Value::map({{"server", "*"}, {"namespace", "*"}})});
    return Value::map({{"metadata", Value::map({{"name", "default"}})},
                       {"spec", Value::map({{"sourceRepos", Value::list({"*"})},
                                            {"destinations", everywhere},
                                            {"clusterResourceWhitelist", any}})}});
  }();
  return Project(kProject);
}

std::string Project::name() const { return std::string(name_of(project_)); }

bool Project::allows_source(std::string_view repo) const {
  std::string url = normalized_repo(repo);
  bool any = false;
  for (const Value& item : project_["spec"]["sourceRepos"].items()) {
    std::string_view pattern = item.as_string();
    std::string normalized = denies(pattern) ? "!" + normalized_repo(pattern.substr(1)) : normalized_repo(pattern);
    if (matches(normalized, url, "/"))
      any = true;
    else if (denies(normalized))
      return false;
  }
  return any;
}

bool Project::allows_destination(const DestinationRef& destination) const {
  bool any = false;
  for (const Value& item : project_["spec"]["destinations"].items()) {
    std::string_view server = item["server"].as_string(), name = item["name"].as_string(), ns = item["namespace"].as_string();
    bool name_matches = !destination.name.empty() && matches(name, destination.name);
    bool server_matches = !destination.server.empty() && matches(server, destination.server);
    bool ns_matches = matches(ns, destination.ns);
    if ((server_matches || name_matches) && ns_matches)
      any = true;
    else if ((!name_matches && denies(name)) || (!server_matches && denies(server) && ns_matches))
      return false;
    else if (!ns_matches && denies(ns) && server_matches)
      return false;
  }
  return any;
}

// Namespaced kinds are allowed unless a whitelist says otherwise, cluster-scoped ones only by a whitelist.
bool Project::allows_kind(std::string_view group, std::string_view kind, std::string_view name, bool namespaced) const {
  const Value& spec = project_["spec"];
  if (namespaced) {
    const Value& white = spec["namespaceResourceWhitelist"];
    return (white.is_null() || listed(white, group, kind, {})) && !listed(spec["namespaceResourceBlacklist"], group, kind, {});
  }
  return listed(spec["clusterResourceWhitelist"], group, kind, name) &&
         !listed(spec["clusterResourceBlacklist"], group, kind, name);
}

bool Project::allows_application_namespace(std::string_view ns, std::string_view control_namespace) const {
  if (ns.empty() || ns == control_namespace) return true;
  for (const Value& item : project_["spec"]["sourceNamespaces"].items())
    if (namespace_matches(item.as_string(), ns)) return true;
  return false;
}

std::shared_ptr<const engine::Permissions> permissions_of(Project project, DestinationRef destination,
                                                          std::shared_ptr<const ResourceFilter> filter) {
  return std::make_shared<ProjectPermissions>(std::move(project), std::move(destination), std::move(filter));
}

}  // namespace taut::argo
