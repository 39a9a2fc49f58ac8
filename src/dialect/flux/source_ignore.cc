#include "dialect/flux/source_ignore.hh"

#include <algorithm>

#include "base/strings.hh"
#include "lang/glob/path_match.hh"
#include "tree/path.hh"

namespace taut::flux {
namespace {

constexpr std::string_view kIgnoreFile = ".sourceignore";
// Left out always.
constexpr std::string_view kVersionControl = ".git/\n.gitignore\n.gitmodules\n.gitattributes\n";
constexpr std::string_view kDefaults =
    "*.jpg\n*.jpeg\n*.gif\n*.png\n*.wmv\n*.flv\n*.tar.gz\n*.zip\n"
    ".github/\n.circleci/\n.travis.yml\n.gitlab-ci.yml\nappveyor.yml\n.drone.yml\ncloudbuild.yaml\n"
    "codeship-services.yml\ncodeship-steps.yml\n**/.goreleaser.yml\n**/.sops.yaml\n**/.flux.yaml\n";

bool part_matches(std::string_view pattern, std::string_view name) { return path_match(pattern, name).value_or(false); }

std::vector<std::string_view> parts_of(std::string_view path) {
  return path.empty() ? std::vector<std::string_view>() : split(path, '/');
}

class IgnoringTree : public Tree {
 public:
  IgnoringTree(TreePtr tree, IgnorePatterns patterns, Hash128 mark)
      : tree_(std::move(tree)), patterns_(std::move(patterns)), mark_(mark) {}

  Result<Hash128> id() const override {
    TAUT_ASSIGN(Hash128 id, tree_->id());
    return mixed(id);
  }
  // A folder of which nothing is left is still listed, as its files are judged one by one.
  Result<std::vector<TreeEntry>> list(std::string_view folder) const override {
    TAUT_ASSIGN(auto entries, tree_->list(folder));
    std::erase_if(entries, [&](const TreeEntry& entry) {
      return entry.type != TreeEntry::Type::kFolder && patterns_.ignores(join_path(folder, entry.name), false);
    });
    return entries;
  }
  Result<FileText> read(std::string_view path) const override {
    if (patterns_.ignores(path, false)) return missing(path);
    return tree_->read(path);
  }
  Result<TreeEntry> stat(std::string_view path) const override {
    TAUT_ASSIGN(TreeEntry entry, tree_->stat(path));
    if (entry.type != TreeEntry::Type::kFolder && patterns_.ignores(path, false)) return missing(path);
    return entry;
  }
  Result<Fingerprint> fingerprint(std::string_view path) const override {
    if (auto entry = stat(path); !path.empty() && !entry) return Failure(entry.error());
    TAUT_ASSIGN(Fingerprint print, tree_->fingerprint(path));
    print.hash = mixed(print.hash);
    return print;
  }
  Result<std::string> link(std::string_view path) const override { return tree_->link(path); }

 private:
  static Failure missing(std::string_view path) {
    return fail(Code::kNotFound, "{}: no such file or directory", path);
  }
  Hash128 mixed(const Hash128& hash) const { return hash128(hash.hex() + mark_.hex()); }

  const TreePtr tree_;
  const IgnorePatterns patterns_;
  const Hash128 mark_;  // names the patterns
};

// Adds the ignore files below a folder, outer ones first; `texts` tells them all.
Status add_files(const Tree& tree, const std::string& folder, IgnorePatterns& patterns, std::string& texts) {
  TAUT_ASSIGN(auto entries, tree.list(folder));
  for (const TreeEntry& entry : entries) {
    if (entry.name != kIgnoreFile || entry.type != TreeEntry::Type::kFile) continue;
    TAUT_ASSIGN(FileText text, tree.read(join_path(folder, entry.name)));
    patterns.add(*text, folder);
    texts += folder + '\n' + *text + '\0';
  }
  for (const TreeEntry& entry : entries)
    if (entry.type == TreeEntry::Type::kFolder) TAUT_TRY(add_files(tree, join_path(folder, entry.name), patterns, texts));
  return {};
}

}  // namespace

void IgnorePatterns::add(std::string_view text, std::string_view folder) {
  for (std::string_view line : split(text, '\n')) {
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (line.starts_with('#') || trim(line).empty()) continue;
    Pattern pattern;
    for (std::string_view part : parts_of(folder)) pattern.domain.emplace_back(part);
    if (line.starts_with('!')) {
      pattern.inclusion = true;
      line.remove_prefix(1);
    }
    if (!line.ends_with("\\ ")) line = trim_right(line, " ");
    if (line.ends_with('/')) {
      pattern.folders_only = true;
      line.remove_suffix(1);
    }
    pattern.by_path = line.find('/') != std::string_view::npos;
    for (std::string_view part : split(line, '/')) pattern.parts.emplace_back(part);
    patterns_.push_back(std::move(pattern));
  }
}

bool IgnorePatterns::ignores(std::string_view path, bool is_folder) const {
  auto parts = parts_of(path);
  for (auto pattern = patterns_.rbegin(); pattern != patterns_.rend(); ++pattern)
    if (matches(*pattern, parts, is_folder)) return !pattern->inclusion;
  return false;
}

bool IgnorePatterns::matches(const Pattern& pattern, const std::vector<std::string_view>& path, bool is_folder) {
  size_t depth = pattern.domain.size();
  if (path.size() <= depth || !std::equal(pattern.domain.begin(), pattern.domain.end(), path.begin())) return false;
  std::span<const std::string_view> rest(path.data() + depth, path.size() - depth);
  if (pattern.by_path) return matches_path(pattern, rest, is_folder);
  for (size_t i = 0; i < rest.size(); ++i)
    if (part_matches(pattern.parts.front(), rest[i])) return !pattern.folders_only || is_folder || i + 1 < rest.size();
  return false;
}

// A pattern that ends before the path does names a folder that the path lies in. "**" stands for any number of folders;
// after it the first part that matches is taken, as go-git does.
bool IgnorePatterns::matches_path(const Pattern& pattern, std::span<const std::string_view> path, bool is_folder) {
  bool matched = false, anywhere = false;
  size_t at = 0;
  for (size_t i = 0; i < pattern.parts.size(); ++i) {
    const std::string& part = pattern.parts[i];
    if (part.empty()) {
      anywhere = false;
      continue;
    }
    if (part == "**") {
      if (i + 1 == pattern.parts.size()) break;
      anywhere = true;
      continue;
    }
    if (part.find("**") != std::string::npos || at == path.size()) return false;
    if (anywhere) {
      anywhere = false;
      auto found = std::find_if(path.begin() + static_cast<ptrdiff_t>(at), path.end(), [&](std::string_view name) { return part_matches(part, name); });
      matched = found != path.end();
      at = static_cast<size_t>(found - path.begin()) + (matched ? 1 : 0);
    } else {
      if (!part_matches(part, path[at])) return false;
      matched = true;
      ++at;
    }
  }
  return matched && (!pattern.folders_only || is_folder || at < path.size());
}

Result<TreePtr> without_ignored(TreePtr tree, std::string_view ignore) {
  IgnorePatterns said;
  std::string texts;
  TAUT_TRY(add_files(*tree, "", said, texts));
  said.add(ignore);
  texts += ignore;
  bool any = !said.empty();
  IgnorePatterns all;
  all.add(kVersionControl);
  if (!any) all.add(kDefaults);
  // Read again, behind those that come first.
  texts += any ? "+" : "-";
  if (any) {
    std::string unused;
    TAUT_TRY(add_files(*tree, "", all, unused));
    all.add(ignore);
  }
  return std::make_shared<IgnoringTree>(std::move(tree), std::move(all), hash128(texts));
}

}  // namespace taut::flux
