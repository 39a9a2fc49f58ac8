#include "tree/path.hh"

#include "base/strings.hh"

namespace taut {

Result<std::string> clean_path(std::string_view path) {
  if (path.starts_with('/')) return fail(Code::kForbidden, "{}: absolute path is not allowed", path);
  std::vector<std::string_view> kept;
  for (std::string_view part : split(path, '/')) {
    if (part.empty() || part == ".") continue;
    if (part != "..") {
      kept.push_back(part);
      continue;
    }
    if (kept.empty()) return fail(Code::kForbidden, "{}: path leads out of the repository", path);
    kept.pop_back();
  }
  return join(kept, "/");
}

bool is_clean_path(std::string_view path) {
  if (path.empty()) return true;
  for (std::string_view part : split(path, '/')) {
    if (part.empty() || part == "." || part == "..") return false;
  }
  return true;
}

std::string join_path(std::string_view folder, std::string_view name) {
  if (folder.empty()) return std::string(name);
  if (name.empty()) return std::string(folder);
  return fmt::format("{}/{}", folder, name);
}

std::string_view parent_path(std::string_view path) {
  size_t slash = path.rfind('/');
  return slash == path.npos ? std::string_view() : path.substr(0, slash);
}

std::string_view base_name(std::string_view path) {
  size_t slash = path.rfind('/');
  return slash == path.npos ? path : path.substr(slash + 1);
}

bool is_inside(std::string_view path, std::string_view folder) {
  if (folder.empty() || path == folder) return true;
  return path.size() > folder.size() && path.starts_with(folder) && path[folder.size()] == '/';
}

}  // namespace taut
