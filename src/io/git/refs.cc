#include "io/git/refs.hh"

#include <algorithm>

#include "base/semver.hh"
#include "base/strings.hh"

namespace taut::git {

namespace {

bool hex(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](unsigned char c) { return std::isxdigit(c) != 0; });
}

std::string find(const RemoteRefs& refs, std::string_view name) {
  auto it = refs.commits.find(name);
  return it == refs.commits.end() ? "" : it->second;
}

}  // namespace

std::vector<std::string> RemoteRefs::tags() const {
  static constexpr std::string_view kTags = "refs/tags/";
  std::vector<std::string> out;
  for (auto it = commits.lower_bound(kTags); it != commits.end() && it->first.starts_with(kTags); ++it) {
    out.push_back(it->first.substr(kTags.size()));
  }
  return out;
}

RemoteRefs parse_refs(std::string_view output) {
  RemoteRefs refs;
  std::vector<std::pair<std::string, std::string>> peeled;
  for (std::string_view line : split(output, '\n')) {
    std::string_view value, name;
    if (!cut(line, "\t", value, name)) continue;
    if (value.starts_with("ref: ")) {
      if (name == "HEAD") refs.head_branch = value.substr(5);
    } else if (name == "HEAD") {
      refs.head = value;
    } else if (name.ends_with("^{}")) {
      peeled.emplace_back(name.substr(0, name.size() - 3), value);
    } else {
      refs.commits[std::string(name)] = value;
    }
  }
  for (auto& [name, commit] : peeled) refs.commits[name] = commit;
  refs.digest = hash128(output);
  return refs;
}

bool is_full_sha(std::string_view revision) {
  return (revision.size() == 40 || revision.size() == 64) && hex(revision);
}

bool is_short_sha(std::string_view revision) {
  return revision.size() >= 7 && revision.size() < 40 && hex(revision);
}

std::string resolve(const RemoteRefs& refs, std::string_view revision) {
  std::string wanted(revision.empty() ? "HEAD" : revision);
  if (!Version::parse(wanted)) {
    if (auto range = VersionRange::parse(wanted)) {
      if (auto tag = highest(*range, refs.tags()); !tag.empty()) wanted = "refs/tags/" + tag;
    }
  }
  if (wanted == "HEAD") return refs.head;
  if (wanted.starts_with("refs/")) return find(refs, wanted);
  // The order in which git itself looks names up.
  for (std::string_view folder : {"refs/", "refs/tags/", "refs/heads/", "refs/remotes/"}) {
    if (auto commit = find(refs, fmt::format("{}{}", folder, wanted)); !commit.empty()) return commit;
  }
  if (!is_short_sha(wanted)) return "";
  std::string prefix = to_lower(wanted), found;
  for (const auto& [name, commit] : refs.commits) {
    if (!commit.starts_with(prefix) || commit == found) continue;
    if (!found.empty()) return "";  // two commits begin so
    found = commit;
  }
  return found;
}

}  // namespace taut::git
