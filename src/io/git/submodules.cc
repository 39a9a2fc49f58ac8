#include "io/git/submodules.hh"

#include <map>

#include "base/strings.hh"
#include "base/url.hh"
#include "tree/path.hh"

namespace taut::git {
namespace {

// "https://host:443", "ssh://git@host"; nothing for a path.
std::string server_of(const Remote& remote) {
  if (remote.local) return {};
  if (auto url = Url::parse(remote.url); url && contains(remote.url, "://"))
    return fmt::format("{}://{}{}:{}", url->scheme, remote.ssh ? url->user + "@" : "", url->host, url->port_or_default());
  // "user@host:path"
  return "ssh://" + to_lower(remote.url.substr(0, remote.url.find(':'))) + ":22";
}

Result<std::string> joined(const Remote& parent, std::string_view url) {
  std::string base(trim_right(parent.url, "/"));
  size_t scheme = base.find("://");
  // The first character of the path: nothing before it is left out.
  size_t path = scheme != base.npos ? base.find('/', scheme + 3) : parent.ssh ? base.find(':') : 0;
  if (path == base.npos) path = base.size();
  std::string separator = "/";
  while (url.starts_with("./") || url.starts_with("../")) {
    bool up = url.starts_with("../");
    url.remove_prefix(up ? 3 : 2);
    if (!up) continue;
    size_t slash = base.rfind('/');
    bool last_of_scp = parent.ssh && scheme == base.npos && (slash == base.npos || slash < path);
    if (last_of_scp && base.size() > path + 1) {
      base.resize(path);
      separator = ":";
      continue;
    }
    if (slash == base.npos || slash < path || separator == ":") return fail(Code::kInvalid, "cannot strip one component off url '{}'", parent.display);
    base.resize(slash);
  }
  return base + separator + std::string(trim_right(url, "/"));
}

}  // namespace

std::vector<Submodule> parse_submodules(std::string_view listing) {
  constexpr std::string_view kSection = "submodule.";
  std::map<std::string, Submodule, std::less<>> by_name;
  for (std::string_view entry : split(listing, '\0')) {
    std::string_view key, value;
    if (!cut(entry, "\n", key, value) || !key.starts_with(kSection)) continue;
    size_t dot = key.rfind('.');
    if (dot < kSection.size()) continue;
    Submodule& module = by_name[std::string(key.substr(kSection.size(), dot - kSection.size()))];
    if (key.substr(dot + 1) == "path") module.path = value;
    if (key.substr(dot + 1) == "url") module.url = value;
  }
  std::vector<Submodule> out;
  for (auto& [name, module] : by_name)
    if (!module.url.empty() && !module.path.empty() && is_clean_path(module.path)) out.push_back(std::move(module));
  return out;
}

Result<Remote> submodule_remote(const Remote& parent, const std::string& url) {
  std::string whole = url;
  if (url.starts_with("./") || url.starts_with("../")) {
    TAUT_ASSIGN(whole, joined(parent, url));
  }
  TAUT_ASSIGN(Remote out, parse_remote(whole));
  if (out.local && !parent.local) return fail(Code::kForbidden, "{} is a path of this machine", quote(out.display));
  return out;
}

bool same_server(const Remote& a, const Remote& b) { return !a.local && !b.local && server_of(a) == server_of(b); }

}  // namespace taut::git
