#include "dialect/argo/push.hh"

#include <algorithm>

#include "base/semver.hh"
#include "base/strings.hh"
#include "dialect/argo/refresh_paths.hh"

namespace taut::argo {
namespace {

std::string_view without_prefix(std::string_view text, std::string_view prefix) {
  return text.starts_with(prefix) ? text.substr(prefix.size()) : text;
}

// "host/path" of a repository's URL, however it is written.
std::string canonical(std::string_view url) {
  std::string text = to_lower(trim(url));
  std::string_view rest = text;
  bool scheme = false;
  for (std::string_view known : {"https://", "http://", "ssh://"})
    if (rest.starts_with(known)) {
      rest.remove_prefix(known.size());
      scheme = true;
      break;
    }
  if (!scheme && rest.find("://") != std::string_view::npos) return std::string(trim_right(rest, "/"));
  size_t end = rest.find('/');
  if (size_t at = rest.rfind('@', end); at != std::string_view::npos) rest.remove_prefix(at + 1);
  rest = without_prefix(without_prefix(rest, "alt"), "ssh.");
  size_t stop = rest.find_first_of(":/");
  std::string host(rest.substr(0, stop));
  std::string_view path = stop == std::string_view::npos ? std::string_view() : rest.substr(stop + 1);
  // A port is no part of the name.
  if (stop != std::string_view::npos && rest[stop] == ':') {
    size_t digits = path.find_first_not_of("0123456789");
    if (digits != 0 && digits != std::string_view::npos && (path[digits] == '/' || path[digits] == ':')) path.remove_prefix(digits + 1);
  }
  while (path.starts_with('/')) path.remove_prefix(1);
  path = trim_right(path, "/");
  if (path.ends_with(".git")) path.remove_suffix(4);
  return host + "/" + replace_all(path, ":", "/");
}

bool names(const std::vector<std::string>& urls, std::string_view repository) {
  return std::ranges::any_of(urls, [&](const std::string& url) { return same_repository(url, repository); });
}

// webhook.go, sourceRevisionHasChanged and compareRevisions.
bool revision_concerns(std::string_view target, const Push& push) {
  if (target.empty() || target == "HEAD") return push.touches_head;
  if (target.starts_with("refs/heads/") || target.starts_with("refs/tags/")) return push.revision == short_ref(target);
  if (push.revision == target) return true;
  auto range = VersionRange::parse(target);
  auto version = Version::parse(push.revision);
  return range && version && range->contains(*version);
}

bool source_concerns(const Value& application, const Value& source, const Push& push) {
  if (!names(push.urls, source["repoURL"].as_string())) return false;
  return revision_concerns(source["targetRevision"].as_string(), push) &&
         files_concern(refresh_paths(application, source), push.files);
}

// The repository that a pullRequest generator asks about.
bool pulls_concern(const Value& generator, const Push& push) {
  auto same = [](std::string_view a, std::string_view b) { return to_lower(a) == to_lower(b); };
  if (push.provider == "gitlab") {
    std::string project = generator["gitlab"]["project"].str();
    return !project.empty() && (project == push.project_id || same(project, push.repository));
  }
  const Value& block = generator[push.provider];
  return block.is_map() && same(block["owner"].as_string(), push.owner) && same(block["repo"].as_string(), push.repository);
}

bool generator_concerns(const Value& generator, const Push& push) {
  const Value& git = generator["git"];
  if (push.kind == Push::Kind::kPush && git.is_map() && names(push.urls, git["repoURL"].as_string()) &&
      revision_concerns(git["revision"].as_string(), push))
    return true;
  if (push.kind == Push::Kind::kPullRequest && generator["pullRequest"].is_map() && pulls_concern(generator["pullRequest"], push))
    return true;
  for (std::string_view kind : {"matrix", "merge"})
    for (const Value& child : generator[kind]["generators"].items())
      if (generator_concerns(child, push)) return true;
  return false;
}

}  // namespace

bool same_repository(std::string_view a, std::string_view b) { return !a.empty() && canonical(a) == canonical(b); }

std::string short_ref(std::string_view ref) {
  return std::string(without_prefix(without_prefix(ref, "refs/heads/"), "refs/tags/"));
}

bool push_concerns(const Value& application, const Push& push) {
  if (push.kind != Push::Kind::kPush) return false;
  const Value& spec = application["spec"];
  if (spec["sources"].items().empty()) return source_concerns(application, spec["source"], push);
  return std::ranges::any_of(spec["sources"].items(),
                             [&](const Value& source) { return source_concerns(application, source, push); });
}

bool push_concerns_set(const Value& application_set, const Push& push) {
  return std::ranges::any_of(application_set["spec"]["generators"].items(),
                             [&](const Value& generator) { return generator_concerns(generator, push); });
}

}  // namespace taut::argo
