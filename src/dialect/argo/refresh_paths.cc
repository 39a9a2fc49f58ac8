#include "dialect/argo/refresh_paths.hh"

#include <algorithm>
#include <filesystem>

#include "base/strings.hh"
#include "lang/glob/path_match.hh"
#include "object/id.hh"

namespace taut::argo {
namespace {

// Go's filepath.Clean of a relative path.
std::string clean(const std::string& path) {
  std::string out = std::filesystem::path(path).lexically_normal().string();
  if (out.size() > 1 && out.ends_with('/')) out.pop_back();
  return out.empty() ? "." : out;
}

std::string rooted(std::string_view path) { return path.starts_with('/') ? std::string(path) : fmt::format("/{}", path); }

// Whether a hydrator writes this source: the hydrated branch of the repository that the dry source is in.
bool is_sync_source(const Value& hydrator, const Value& source) {
  const Value& sync = hydrator["syncSource"];
  const Value* repo = sync.find("repoURL");
  return source["repoURL"] == (repo && !repo->empty() ? *repo : hydrator["drySource"]["repoURL"]) &&
         source["path"].as_string() == sync["path"].as_string() &&
         source["targetRevision"].as_string() == sync["targetBranch"].as_string();
}

// A path that only comes to a file's when it is cleaned names a folder, not that file, as in Argo CD.
bool concerns(const std::string& path, const std::string& file) {
  std::string folder = clean(path);
  if (file == path || folder == "/" || file.starts_with(folder + "/")) return true;
  auto matched = path_match(path, file);
  return matched && *matched;
}

}  // namespace

std::vector<std::string> refresh_paths(const Value& application, const Value& source) {
  const Value& hydrator = application["spec"]["sourceHydrator"];
  std::string base = source["path"].str();
  if (hydrator.is_map() && is_sync_source(hydrator, source)) return {base};
  std::vector<std::string> out;
  for (std::string_view item : split(annotation_of(application, kGeneratePathsAnnotation), ';')) {
    item = trim(item);
    if (item.empty()) continue;
    bool absolute = item.front() == '/';
    out.push_back(absolute ? std::string(item.substr(1)) : clean(base.empty() ? std::string(item) : fmt::format("{}/{}", base, item)));
  }
  return out;
}

bool files_concern(std::span<const std::string> paths, std::span<const std::string> changed) {
  if (paths.empty() || changed.empty()) return true;
  return std::ranges::any_of(changed, [&](const std::string& file) {
    return std::ranges::any_of(paths, [&](const std::string& path) { return concerns(rooted(path), rooted(file)); });
  });
}

}  // namespace taut::argo
