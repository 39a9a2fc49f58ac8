// Git repositories by URL: the port's implementation over the git program and libgit2.
#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <mutex>

#include "io/git/blame.hh"
#include "io/git/credentials.hh"
#include "io/git/program.hh"
#include "io/git/refs.hh"
#include "io/git/submodules.hh"
#include "io/git/workspace.hh"
#include "port/repositories.hh"

namespace taut::git {

class Store;

struct Options {
  std::string directory;   // where the stores are kept; made if it is not there
  ProgramOptions program;  // its `folder` is set from `directory`
  // What opens a URL; called before each request, so that changed credentials are used at once.
  std::function<Result<Credentials>(const std::string& url)> credentials;
  // It answers for any URL: submodules on other servers do without.
  bool one_for_all = false;
};

// https, http, ssh, git and file URLs, "user@host:path", plain paths and bundle files. Thread-safe. One store a
// URL, a fetch at a time in each; reading never waits for a fetch.
class GitRepositories final : public Repositories {
 public:
  explicit GitRepositories(Options options);
  ~GitRepositories() override;

  // A short SHA that no ref shows is looked for in all history, which is fetched once.
  Result<std::string> resolve(const std::string& url, const std::string& revision) override;
  Result<TreePtr> tree(const std::string& url, const std::string& sha) override;
  // A submodule is opened by what opens its parent where it is on the same server, and by nothing elsewhere: as in Argo CD,
  // since credentials for its own URL may be somebody else's.
  Result<TreePtr> tree_with_submodules(const std::string& url, const std::string& sha) override;
  Result<std::vector<std::string>> changed_paths(const std::string& url, const std::string& from,
                                                 const std::string& to) override;
  Result<std::map<std::string, std::string>> refs(const std::string& url) override;
  Result<Commit> commit(const std::string& url, const std::string& sha) override;
  Result<SignedObject> signed_commit(const std::string& url, const std::string& sha) override;
  Result<SignedObject> signed_tag(const std::string& url, const std::string& tag) override;

  // Nothing is read for a while: what was kept to read faster is let go.
  void rest();

  // All refs, for polling: equal digests mean that nothing moved. Asks the remote every time.
  Result<RemoteRefs> remote_refs(const std::string& url);
  // Commits after `from` up to `to`, newest first; from the beginning when `from` is empty. Fetches all history.
  Result<std::vector<Commit>> log(const std::string& url, const std::string& from, const std::string& to,
                                  size_t limit);
  // Commits on top of a branch of the remote and pushes; gives the new SHA. When somebody else was faster it is
  // done again on top of theirs, three times at most, then kConflict. kNotFound when there is no such branch.
  Result<std::string> push(const std::string& url, const std::string& branch, const FileChanges& changes,
                           const CommitText& text);
  // The same onto a branch that is made at the tip of `from`. kAlreadyExists when the remote has it.
  Result<std::string> push_new_branch(const std::string& url, const std::string& from, const std::string& branch, const FileChanges& changes,
                                      const CommitText& text);
  // Who last touched each line of a file at a commit. Fetches all history.
  Result<std::vector<BlamedLine>> blame(const std::string& url, const std::string& sha, const std::string& path);

 private:
  using FindCredentials = std::function<Result<Credentials>()>;
  // A store and what it was made of.
  struct Opened {
    std::shared_ptr<Store> store;
    FindCredentials credentials;
    bool stranger = false;  // a submodule on another server than what it belongs to
  };
  Result<std::shared_ptr<Store>> store(const std::string& url);
  Result<Opened> opened(const std::string& url);
  Result<Opened> opened_submodule(const Opened& parent, const Submodule& submodule);
  Opened& keep(const std::string& key, Remote remote, FindCredentials credentials, const std::string& folder);
  struct Whole {
    TreePtr tree;
    size_t submodules = 0;  // in it, and in those
  };
  struct Assembly;
  Result<Whole> assemble(const Opened& from, const std::string& sha, Assembly& assembly);
  Result<Whole> assemble(const Opened& parent, const Submodule& submodule, const std::string& sha, Assembly& assembly);

  Options options_;
  Program program_;
  std::mutex mutex_;
  std::map<std::string, Opened> stores_;
  struct Missed {
    Error why;
    std::chrono::steady_clock::time_point until;
  };
  std::map<std::string, Missed> missed_;  // submodules that could not be fetched a moment ago, by parent, URL and commit
};

}  // namespace taut::git
