#include "kustomize/remote.hh"

#include <array>

#include "base/strings.hh"
#include "base/url.hh"

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

// Splits what follows the host. False when it names no repository, or a path that leaves it.
bool split_path(std::string_view rest, bool whole, RemoteFolder& out) {
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
  out.repository += repository;
  out.path = path.substr(path.starts_with('/') ? 1 : 0);
  return !repository.empty() && !leaves_repository(path);
}

// "?ref=v1", or "?version=v1", of which the first comes first.
std::string ref_of(std::string_view query) {
  std::string version;
  for (std::string_view part : split(query, '&')) {
    std::string_view name = part, value;
    cut(part, "=", name, value);
    if (name == "ref" && !value.empty()) return url_decode(value).value_or("");
    if (name == "version" && version.empty()) version = url_decode(value).value_or("");
  }
  return version;
}

}  // namespace

bool is_http_url(std::string_view path) {
  return take_prefix(path, "http://") || take_prefix(path, "https://") || path.starts_with("http:") ||
         path.starts_with("https:");
}

std::optional<RemoteFolder> parse_git_url(std::string_view url) {
  if (url.starts_with('/')) return std::nullopt;
  RemoteFolder out;
  std::string_view rest = url, query;
  cut(url, "?", rest, query);
  out.ref = ref_of(query);
  take_prefix(rest, "git::");
  std::string_view scheme;
  for (std::string_view known : std::array<std::string_view, 4>{"ssh://", "https://", "http://", "file://"}) {
    if (!take_prefix(rest, known)) continue;
    scheme = known;
    break;
  }
  if (scheme == "file://") {
    out.repository = scheme;
    return split_path(rest, true, out) ? std::optional(std::move(out)) : std::nullopt;
  }
  std::string_view before = rest;
  bool user = take_user(rest);
  std::string start = to_lower(rest.substr(0, 11));
  bool github = start == "github.com/" || start == "github.com:";
  if (scheme.empty() && !user && !github) return std::nullopt;
  size_t separator = rest.find('/');
  if (scheme.empty()) {
    size_t colon = rest.find(':');
    if (separator == std::string_view::npos || (colon != std::string_view::npos && colon > 0 && colon < separator))
      separator = colon;
  }
  if (separator == std::string_view::npos) return std::nullopt;
  std::string_view name = before.substr(0, before.size() - rest.size());  // with its @
  if (github) out.repository = scheme == "ssh://" || user ? (user ? std::string(name) : "git@") + "github.com:" : "https://github.com/";
  else out.repository = std::string(scheme) + std::string(name) + std::string(rest.substr(0, separator + 1));
  return split_path(rest.substr(separator + 1), false, out) ? std::optional(std::move(out)) : std::nullopt;
}

bool is_git_url(std::string_view path) { return parse_git_url(path).has_value(); }

}  // namespace taut::kustomize
