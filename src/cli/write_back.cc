#include "cli/write_back.hh"

#include <fmt/format.h>

#include <algorithm>

#include "base/strings.hh"
#include "port/repositories.hh"
#include "sandbox/kinds/line_diff.hh"

namespace taut::cli {
namespace {

Status walk(const Tree& tree, const std::string& folder, std::vector<std::string>& out) {
  TAUT_ASSIGN(auto entries, tree.list(folder));
  for (const TreeEntry& entry : entries) {
    std::string path = folder.empty() ? entry.name : folder + "/" + entry.name;
    if (entry.type == TreeEntry::Type::kFile) out.push_back(path);
    if (entry.type == TreeEntry::Type::kFolder) TAUT_TRY(walk(tree, path, out));
  }
  return {};
}

// Nothing when the file is not there.
Result<std::optional<std::string>> text_of(const Tree& tree, const std::string& path) {
  auto text = tree.read(path);
  if (text) return std::optional<std::string>(**text);
  if (text.error().code() == Code::kNotFound) return std::optional<std::string>();
  return fail(std::move(text).error());
}

}  // namespace

Result<std::vector<std::string>> files_below(const Tree& tree, const std::string& folder) {
  std::vector<std::string> out;
  TAUT_TRY(walk(tree, folder, out));
  std::ranges::sort(out);
  return out;
}

Result<git::FileChanges> difference(const Tree& from, const Tree& to, const std::vector<std::string>& paths) {
  git::FileChanges out;
  for (const std::string& path : paths) {
    TAUT_ASSIGN(auto before, text_of(from, path));
    TAUT_ASSIGN(auto after, text_of(to, path));
    if (before != after) out[path] = std::move(after);
  }
  return out;
}

std::string repository_of(const Value& application) {
  const Value& spec = application["spec"];
  std::string project = spec["project"].str();
  return in_project(project.empty() ? "default" : project, spec["source"]["repoURL"].as_string());
}

Result<std::string> branch_of(const git::RemoteRefs& refs, const std::string& revision) {
  constexpr std::string_view kHeads = "refs/heads/";
  if (revision.empty() || revision == "HEAD") {
    if (refs.head_branch.empty()) return fail(Code::kInvalid, "HEAD of the repository names no branch");
    return refs.head_branch.substr(kHeads.size());
  }
  std::string_view name = revision;
  if (name.starts_with(kHeads)) name.remove_prefix(kHeads.size());
  if (!refs.commits.contains(fmt::format("{}{}", kHeads, name)))
    return fail(Code::kInvalid, "the application follows {}, which is no branch", quote(revision));
  return std::string(name);
}

Result<std::string> diff_text(const Tree& before, const git::FileChanges& changes) {
  std::string out;
  for (const auto& [path, text] : changes) {
    TAUT_ASSIGN(auto old, text_of(before, path));
    out += fmt::format("diff --git a/{0} b/{0}\n", path);
    if (!old) out += "new file mode 100644\n";
    if (!text) out += "deleted file mode 100644\n";
    out += fmt::format("--- {}\n+++ {}\n", old ? "a/" + path : "/dev/null", text ? "b/" + path : "/dev/null");
    out += sandbox::kinds::unified_diff(old.value_or(""), text.value_or(""));
    if (!out.ends_with('\n')) out += '\n';
  }
  return out;
}

}  // namespace taut::cli
