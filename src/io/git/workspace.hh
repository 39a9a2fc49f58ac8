// Writes commits straight into a bare repository: no checkout, no index on disk. For samples, tests and write-back.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>

#include "base/result.hh"
#include "base/time.hh"
#include "port/repositories.hh"

namespace taut::git {

// Text of a file, or nothing to remove it, by path.
using FileChanges = std::map<std::string, std::optional<std::string>>;

struct CommitText {
  std::string message;
  std::string name = "taut";
  std::string email = "taut@localhost";
  std::optional<Time> time;  // now when not given; a fixed one makes the same SHA again
};

// One bare repository. Not thread-safe.
class GitWorkspace {
 public:
  // Makes a bare repository, with HEAD at `branch`; kAlreadyExists when the folder holds one.
  static Result<GitWorkspace> init(const std::string& directory, const std::string& branch = "main");
  // kNotFound when there is none.
  static Result<GitWorkspace> open(const std::string& directory);
  ~GitWorkspace();
  GitWorkspace(GitWorkspace&&) noexcept;
  GitWorkspace& operator=(GitWorkspace&&) noexcept;

  // Adds, replaces and removes files on top of a branch (made if it is not there) and gives the new commit's SHA. A
  // path whose text begins with "#!" is made executable. kInvalid for a path that is no path inside a repository;
  // kConflict when somebody else moved the branch meanwhile.
  Result<std::string> commit(const std::string& branch, const FileChanges& changes, const CommitText& text);
  // The same on top of a commit, without touching any branch.
  Result<std::string> commit_on(const std::string& parent, const FileChanges& changes, const CommitText& text);
  // A commit with the files of an earlier one: undoes all that came after it.
  Result<std::string> restore(const std::string& branch, const std::string& sha, const CommitText& text);
  // Moves a branch, also backwards, as a forced push does.
  Status set_branch(const std::string& branch, const std::string& sha);
  // An annotated tag when `message` is not empty.
  Status tag(const std::string& name, const std::string& sha, const std::string& message = "");
  // SHA of a branch's tip; kNotFound.
  Result<std::string> tip(const std::string& branch) const;
  // SHA of HEAD; kNotFound in a repository without a commit.
  Result<std::string> head() const;
  Result<TreePtr> tree(const std::string& sha) const;
  const std::string& directory() const;

 private:
  struct State;
  explicit GitWorkspace(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace taut::git
