// taut promote: one application's change, carried to the next environment on a branch.
#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>

#include "base/strings.hh"
#include "cli/all.hh"
#include "cli/applications.hh"
#include "cli/carry.hh"
#include "cli/connection.hh"
#include "cli/posting.hh"
#include "cli/serving.hh"
#include "cli/source_repositories.hh"
#include "cli/terminal.hh"
#include "cli/write_back.hh"
#include "io/git/blame.hh"
#include "io/scm/scm.hh"
#include "tree/disk.hh"

namespace taut::cli {
namespace {

// Where the files are that are carried from one folder to the other.
struct Route {
  std::string from, to;  // folders in the repository
  TreePtr tree;
  std::string base;      // the branch, or the commit of a work tree, that the change goes on top of
};

std::string_view last_part(std::string_view path) { return path.substr(path.rfind('/') + 1); }

// Folders of that name, with no look into what Git keeps.
Status find_folders(const Tree& tree, const std::string& folder, const std::string& name, int depth, std::vector<std::string>& out) {
  if (depth > 8) return {};
  TAUT_ASSIGN(auto entries, tree.list(folder));
  for (const TreeEntry& entry : entries) {
    if (entry.type != TreeEntry::Type::kFolder || entry.name == ".git") continue;
    std::string path = folder.empty() ? entry.name : folder + "/" + entry.name;
    if (entry.name == name) out.push_back(path);
    TAUT_TRY(find_folders(tree, path, name, depth + 1, out));
  }
  return {};
}

// `dev` and `staging` stand for the only two folders of these names that lie side by side.
Result<std::pair<std::string, std::string>> folders_named(const Tree& tree, const std::string& from, const std::string& to) {
  if (tree.list(from) && tree.list(to)) return std::pair(from, to);
  if (contains(from, "/") || contains(to, "/")) return fail(Code::kNotFound, "{} is not a folder", tree.list(from) ? to : from);
  std::vector<std::string> found, sides;
  TAUT_TRY(find_folders(tree, "", from, 0, found));
  for (const std::string& path : found) {
    std::string side = path.substr(0, path.size() - from.size()) + to;
    if (tree.list(side)) sides.push_back(path);
  }
  if (sides.size() == 1) return std::pair(sides[0], sides[0].substr(0, sides[0].size() - from.size()) + to);
  if (sides.empty()) return fail(Code::kNotFound, "no folder {} lies beside a folder {}", from, to);
  return fail(Error(Code::kInvalid, fmt::format("{} folders {} lie beside a folder {}", sides.size(), from, to)).with_hint("Name them by path, as " + sides[0]));
}

class Promote : public Command {
 public:
  void declare(Flags& flags) override {
    connection_.declare(flags);
    flags.add("dir", 0, "DIR", "a work tree that FROM and TO are folders of; no cluster is asked", &folder_);
    flags.add("field", 0, "FIELD", "also carry this field of values files and manifests; can be given several times", &what_.fields);
    flags.add("all", 0, "", "carry the whole folder", &what_.everything);
    flags.add("branch", 'b', "NAME", "of the change (promote/FROM-to-TO)", &branch_);
    flags.add("message", 'm', "TEXT", "of the commit", &message_);
    flags.add("push", 0, "", "make the branch and push it; with --dir, make it", &push_);
    flags.add("pull-request", 0, "", "push the branch and open a pull request, or bring the open one up to date (token in GITHUB_TOKEN, GITLAB_TOKEN or GITEA_TOKEN, for the server that GH_HOST, GITLAB_HOST or GITEA_SERVER_URL names)", &pull_request_);
    flags.add("forge", 0, "NAME", "what the repository's server is, where its name does not tell", &forge_, {"github", "gitlab", "gitea", ""});
    flags.add("forge-api", 0, "URL", "of the server's API, where it is not at the repository's address", &forge_api_);
    flags.add("data", 0, "DIR", "where fetched repositories are kept", &data_);
  }

  int run(const std::vector<std::string>& arguments) override {
    if (arguments.size() != 2) {
      print_error("from where to where? Usage: taut promote FROM TO");
      return kMisused;
    }
    auto done = folder_.empty() ? between_applications(arguments[0], arguments[1]) : between_folders(arguments[0], arguments[1]);
    if (done) return kDone;
    print_error(done.error());
    return kFailed;
  }

 private:
  Status between_applications(const std::string& from, const std::string& to) {
    TAUT_ASSIGN(auto cluster, connection_.open());
    TAUT_ASSIGN(auto first, get_application(*cluster, connection_.ns, from));
    TAUT_ASSIGN(auto second, get_application(*cluster, connection_.ns, to));
    const Value &source = first["spec"]["source"], &target = second["spec"]["source"];
    if (source["path"].empty() || target["path"].empty())
      return fail(Code::kUnsupported, "applications of one Git source each are promoted; these have charts or several sources");
    if (source["repoURL"] != target["repoURL"])
      return fail(Code::kUnsupported, "{} and {} follow different repositories", from, to);
    std::string name = repository_of(second);
    SourceRepositories repositories(*cluster, connection_.ns, data_);
    auto [git, url] = repositories.git(name);
    std::optional<ForgeProject> forge;
    if (pull_request_) {
      TAUT_ASSIGN(forge, forge_project(url, forge_, forge_api_, environment));
    }
    Route route{source["path"].str(), target["path"].str(), nullptr, target["targetRevision"].str()};
    TAUT_ASSIGN(std::string tip, repositories.resolve(name, route.base));
    TAUT_ASSIGN(route.tree, repositories.tree(name, tip));
    TAUT_ASSIGN(auto changes, show(route, from, to));
    if (changes.empty() || !(push_ || forge)) return {};
    std::string branch = branch_name(from, to);
    git::CommitText words = text(from, to, changes);
    auto pushed = git.push_new_branch(url, route.base, branch, changes, words);
    bool there = !pushed && pushed.error().code() == Code::kAlreadyExists;
    if (there && forge) pushed = push_again(git, url, branch, changes, words);
    if (!pushed) return fail(std::move(pushed).error());
    fmt::print("{} {} to {}\n", pushed->empty() ? "nothing new" : "pushed", pushed->empty() ? "goes" : short_revision(*pushed), branch);
    if (!forge) return {};
    TAUT_ASSIGN(auto refs, git.remote_refs(url));
    TAUT_ASSIGN(std::string into, branch_of(refs, route.base));
    return propose(*forge, {branch, into, words.message.substr(0, words.message.find('\n')), description(from, to, changes)});
  }

  // On top of what the branch holds: others may have added to it. Its new commit; empty when it has the changes already.
  static Result<std::string> push_again(git::GitRepositories& git, const std::string& url, const std::string& branch, git::FileChanges changes,
                                        const git::CommitText& words) {
    TAUT_ASSIGN(std::string tip, git.resolve(url, "refs/heads/" + branch));
    TAUT_ASSIGN(TreePtr tree, git.tree(url, tip));
    std::erase_if(changes, [&](const auto& change) {
      auto held = tree->read(change.first);
      return change.second ? held && **held == *change.second : !held;
    });
    if (changes.empty()) return std::string();
    return git.push(url, branch, changes, words);
  }

  static Status propose(const ForgeProject& forge, const Proposal& wanted) {
    TAUT_ASSIGN(auto scm, scm::open(forge.account));
    auto proposed = scm->propose(forge.project, wanted);
    if (!proposed) return fail(std::move(proposed).error().while_doing("opening a pull request for " + wanted.branch));
    fmt::print("{}: {}\n", proposed->opened ? "opened" : "brought up to date", proposed->url);
    return {};
  }

  static std::string description(const std::string& from, const std::string& to, const git::FileChanges& changes) {
    std::string out = fmt::format("Carries what runs in {} to {}:\n\n", from, to);
    for (const auto& [path, content] : changes) out += fmt::format("- {} `{}`\n", content ? "changes" : "removes", path);
    return out;
  }

  static std::string environment(const char* variable) {
    const char* value = std::getenv(variable);
    return value != nullptr ? value : "";
  }

  Status between_folders(const std::string& from, const std::string& to) {
    if (pull_request_) return fail(Code::kInvalid, "--pull-request goes with applications: with --dir, push the branch yourself");
    auto root = git::work_tree_of(folder_);
    if (!root) return fail(Code::kNotFound, "{} is in no Git repository", folder_);
    Route route;
    TAUT_ASSIGN(route.tree, disk_tree(*root));
    std::string below = std::filesystem::relative(std::filesystem::canonical(folder_), *root).generic_string();
    auto placed = [&](const std::string& name) { return below == "." || !contains(name, "/") ? name : below + "/" + name; };
    TAUT_ASSIGN(auto folders, folders_named(*route.tree, trimmed(placed(from)), trimmed(placed(to))));
    std::tie(route.from, route.to) = folders;
    TAUT_ASSIGN(auto changes, show(route, from, to));
    if (changes.empty() || !push_) return {};
    TAUT_ASSIGN(auto workspace, git::GitWorkspace::open(*root + "/.git"));
    TAUT_ASSIGN(auto head, workspace.head());
    std::string branch = branch_name(from, to);
    if (workspace.tip(branch)) return fail(Code::kAlreadyExists, "branch {} is there already", quote(branch));
    TAUT_ASSIGN(auto sha, workspace.commit_on(head, changes, text(from, to, changes)));
    TAUT_TRY(workspace.set_branch(branch, sha));
    fmt::print("{} is at {}: git push origin {}\n", branch, short_revision(sha), branch);
    return {};
  }

  static std::string trimmed(std::string path) {
    while (path.ends_with('/')) path.pop_back();
    return path.starts_with("./") ? path.substr(2) : path;
  }

  Result<git::FileChanges> show(const Route& route, const std::string& from, const std::string& to) const {
    if (route.from == route.to) return fail(Code::kInvalid, "{} and {} are one folder, {}", from, to, route.to);
    TAUT_ASSIGN(auto changes, carry(*route.tree, route.from, route.to, what_));
    if (changes.empty()) {
      fmt::print("{} has {} of {} already\n", to, what_.everything ? "the files" : "the images", from);
      return changes;
    }
    TAUT_ASSIGN(auto shown, diff_text(*route.tree, changes));
    fmt::print("{}", shown);
    return changes;
  }

  std::string branch_name(const std::string& from, const std::string& to) const {
    return branch_.empty() ? fmt::format("promote/{}-to-{}", last_part(trimmed(from)), last_part(trimmed(to))) : branch_;
  }

  git::CommitText text(const std::string& from, const std::string& to, const git::FileChanges& changes) const {
    git::CommitText out;
    out.message = message_.empty() ? fmt::format("Promote {} to {}\n\n", from, to) : message_;
    if (message_.empty())
      for (const auto& [path, content] : changes) out.message += fmt::format("{} {}\n", content ? "changes" : "removes", path);
    return out;
  }

  Connection connection_;
  Carry what_;
  std::string folder_, branch_, message_, data_ = default_data_folder();
  std::string forge_, forge_api_;
  bool push_ = false, pull_request_ = false;
};

}  // namespace

std::unique_ptr<Command> make_promote() { return std::make_unique<Promote>(); }

}  // namespace taut::cli
