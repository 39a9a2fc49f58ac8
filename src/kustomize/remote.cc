#include "kustomize/remote.hh"

#include <array>

#include "base/strings.hh"

namespace taut::kustomize {
namespace {

bool take_prefix(std::string_view& text, std::string_view prefix) {
  if (to_lower(text.substr(0, prefix.size())) != prefix) return false;
  text.remove_prefix(prefix.size());
  return true;
}

bool is_word(char c, bool first) {
  bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  return letter || (!first && ((c >= '0' && c <= '9') || c == '-'));
}

// "git@" and the like.
bool take_user(std::string_view& text) {
  size_t at = text.find('@');
  if (at == 0 || at == std::string_view::npos) return false;
  for (size_t i = 0; i < at; ++i)
    if (!is_word(text[i], i == 0)) return false;
  text.remove_prefix(at + 1);
  return true;
}

bool leaves_repository(std::string_view path) {
  int depth = 0;
  for (std::string_view part : split(path, '/')) {
    if (part.empty() || part == ".") continue;
    depth += part == ".." ? -1 : 1;
    if (depth < 0) return true;
  }
  return false;
}

// The part behind the host names a repository and a path in it.
bool names_repository(std::string_view rest, bool whole) {
  std::string_view repository, path;
  if (size_t at = rest.find("_git/"); at != std::string_view::npos) {
    size_t end = rest.find('/', at + 5);
    repository = rest.substr(0, end);
    path = end == std::string_view::npos ? std::string_view() : rest.substr(end + 1);
  } else if (at = rest.find("//"); at != std::string_view::npos) {
    repository = rest.substr(0, at), path = rest.substr(at + 2);
  } else if (at = rest.find(".git"); at != std::string_view::npos) {
    repository = rest.substr(0, at + 4), path = rest.substr(at + 4);
  } else if (whole) {
    repository = rest;
  } else {
    size_t slash = rest.find('/');
    if (slash == std::string_view::npos) return false;
    size_t end = rest.find('/', slash + 1);
    repository = rest.substr(0, end);
    path = end == std::string_view::npos ? std::string_view() : rest.substr(end + 1);
  }
  return !repository.empty() && !leaves_repository(path);
}

}  // namespace

bool is_http_url(std::string_view path) {
  return take_prefix(path, "http://") || take_prefix(path, "https://") || path.starts_with("http:") ||
         path.starts_with("https:");
}

bool is_git_url(std::string_view path) {
  if (path.starts_with('/')) return false;
  path = path.substr(0, path.find('?'));
  take_prefix(path, "git::");
  std::string_view scheme;
  for (std::string_view known : std::array<std::string_view, 4>{"ssh://", "https://", "http://", "file://"}) {
    if (!take_prefix(path, known)) continue;
    scheme = known;
    break;
  }
  bool user = take_user(path);
  std::string start = to_lower(path.substr(0, 11));
  bool github = start == "github.com/" || start == "github.com:";
  if (scheme.empty() && !user && !github) return false;
  if (scheme == "file://") return names_repository(path, true);
  size_t separator = path.find('/');
  if (scheme.empty()) {
    size_t colon = path.find(':');
    if (separator == std::string_view::npos || (colon != std::string_view::npos && colon > 0 && colon < separator))
      separator = colon;
  }
  if (separator == std::string_view::npos) return false;
  return names_repository(path.substr(separator + 1), false);
}

}  // namespace taut::kustomize
