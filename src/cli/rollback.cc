// taut rollback: back to an earlier entry of an Application's history, and held there, or by a commit in Git.
#include <fmt/format.h>

#include <charconv>

#include "base/strings.hh"
#include "cli/all.hh"
#include "cli/applications.hh"
#include "cli/connection.hh"
#include "cli/serving.hh"
#include "cli/source_repositories.hh"
#include "cli/terminal.hh"
#include "cli/write_back.hh"
#include "dialect/argo/application.hh"
#include "render/render.hh"
#include "tree/recorder.hh"

namespace taut::cli {
namespace {

Result<std::optional<int64_t>> parse_id(const std::vector<std::string>& arguments) {
  if (arguments.size() < 2) return std::optional<int64_t>();
  int64_t id = 0;
  const std::string& text = arguments[1];
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), id);
  if (error != std::errc() || end != text.data() + text.size())
    return fail(Code::kInvalid, "{} is not a history id; see 'taut history {}'", quote(text), arguments[0]);
  return std::optional<int64_t>(id);
}

// The files that an application's render reads at a revision. A render that fails has read what it failed on.
ReadSet files_read(const Value& application, const engine::Source& source, TreePtr tree) {
  Recorder recorder(std::move(tree));
  render::RenderInput input;
  input.tree = TreePtr(&recorder, [](const Tree*) {});
  input.path = source.path;
  input.source = source.raw;
  input.application = name_of(application);
  input.ns = application["spec"]["destination"]["namespace"].str();
  (void)render::render(input);
  return recorder.seen();
}

class Rollback : public Command {
 public:
  void declare(Flags& flags) override {
    connection_.declare(flags);
    flags.add("prune", 0, "", "delete what that revision does not hold", &prune_);
    flags.add("revert", 0, "", "by a commit on the branch that it follows, which is pushed", &revert_);
    flags.add("message", 'm', "TEXT", "of that commit", &message_);
    flags.add("dry-run", 0, "", "with --revert: only show the commit", &dry_run_);
    flags.add("data", 0, "DIR", "where fetched repositories are kept", &data_);
    flags.add("async", 0, "", "do not wait for the end", &async_);
    flags.add("timeout", 0, "DURATION", "how long to wait", &timeout_);
  }

  int run(const std::vector<std::string>& arguments) override {
    if (arguments.empty() || arguments.size() > 2) {
      print_error("which application? Usage: taut rollback APP [ID]");
      return kMisused;
    }
    auto code = revert_ ? revert(arguments) : roll_back(arguments);
    if (code) return *code;
    print_error(code.error());
    return kFailed;
  }

 private:
  Result<int> roll_back(const std::vector<std::string>& arguments) {
    TAUT_ASSIGN(auto id, parse_id(arguments));
    TAUT_ASSIGN(auto cluster, connection_.open());
    TAUT_ASSIGN(auto application, get_application(*cluster, connection_.ns, arguments[0]));
    TAUT_ASSIGN(auto operation, argo::rollback_operation(application, id, prune_));
    operation.user = "taut";
    TAUT_ASSIGN(auto asked, request_operation(*cluster, application, argo::operation_patch(operation)["operation"]));
    fmt::print("{} goes back to {}\n", arguments[0], short_revision(operation.revision));
    return async_ ? kDone : follow_operation(*cluster, asked, timeout_);
  }

  // A commit on top of the branch with the application's files as they were at that revision; other files, and what
  // others read of them, stay.
  Result<int> revert(const std::vector<std::string>& arguments) {
    TAUT_ASSIGN(auto id, parse_id(arguments));
    TAUT_ASSIGN(auto cluster, connection_.open());
    TAUT_ASSIGN(auto application, get_application(*cluster, connection_.ns, arguments[0]));
    TAUT_ASSIGN(auto operation, argo::rollback_operation(application, id, prune_));
    const engine::Source& source = *operation.source;
    if (!source.parts.empty() || !source.raw["chart"].empty())
      return fail(Code::kUnsupported, "--revert is for applications of one Git source; roll back without it");
    SourceRepositories repositories(*cluster, connection_.ns, data_);
    std::string repo = repository_of(application);
    auto [git, url] = repositories.git(repo);
    TAUT_ASSIGN(auto refs, git.remote_refs(url));
    auto followed = branch_of(refs, application["spec"]["source"]["targetRevision"].str());
    if (!followed) return fail(Error(followed.error()).with_hint("Set targetRevision to the commit to go back to, or roll back without --revert."));
    const std::string& branch = *followed;
    std::string tip = refs.commits.find("refs/heads/" + branch)->second;
    TAUT_ASSIGN(auto changes, reverting(application, source, repositories, operation.revision, tip));
    if (changes.empty()) {
      fmt::print("{} has the files of {} already at the tip of {}\n", arguments[0], short_revision(operation.revision), branch);
      return kDone;
    }
    TAUT_ASSIGN(auto tree, repositories.tree(repo, tip));
    TAUT_ASSIGN(auto shown, diff_text(*tree, changes));
    fmt::print("{}", shown);
    if (dry_run_) return kDone;
    TAUT_ASSIGN(auto text, message(repositories, arguments[0], repo, operation.revision, tip));
    TAUT_ASSIGN(auto sha, git.push(url, branch, changes, text));
    fmt::print("pushed {} to {}: {} is back at its files of {}\n", short_revision(sha), branch, arguments[0], short_revision(operation.revision));
    if (application["spec"]["syncPolicy"]["automated"].is_null()) fmt::print("its sync is not automated: taut sync {}\n", arguments[0]);
    return kDone;
  }

  static Result<git::FileChanges> reverting(const Value& application, const engine::Source& source, SourceRepositories& repositories,
                                            const std::string& good, const std::string& tip) {
    std::string repo = repository_of(application);
    TAUT_ASSIGN(auto now, repositories.tree(repo, tip));
    TAUT_ASSIGN(auto then, repositories.tree(repo, good));
    TAUT_ASSIGN(auto changed, repositories.changed_paths(repo, good, tip));
    ReadSet read = files_read(application, source, now);
    read.merge(files_read(application, source, then));
    std::erase_if(changed, [&](const std::string& path) { return !read.contains(path); });
    return difference(*now, *then, changed);
  }

  Result<git::CommitText> message(SourceRepositories& repositories, const std::string& name, const std::string& repo, const std::string& good,
                                  const std::string& tip) const {
    git::CommitText out;
    if (!message_.empty()) {
      out.message = message_;
      return out;
    }
    out.message = fmt::format("Roll back {} to {}\n", name, short_revision(good));
    auto [git, url] = repositories.git(repo);
    TAUT_ASSIGN(auto commits, git.log(url, good, tip, 20));
    if (!commits.empty()) out.message += "\nUndoes, for the files that it reads:\n";
    for (const Commit& commit : commits)
      out.message += fmt::format("  {} {}\n", short_revision(commit.sha), commit.message.substr(0, commit.message.find('\n')));
    return out;
  }

  Connection connection_;
  bool revert_ = false, dry_run_ = false;
  std::string message_, data_ = default_data_folder();
  bool prune_ = false, async_ = false;
  Duration timeout_ = std::chrono::minutes(10);
};

}  // namespace

std::unique_ptr<Command> make_rollback() { return std::make_unique<Rollback>(); }

}  // namespace taut::cli
