// The git program: asking a remote for its refs, fetching from it and pushing to it.
#pragma once

#include <string>
#include <vector>

#include "base/cancel.hh"
#include "base/result.hh"
#include "io/git/credentials.hh"
#include "io/git/process.hh"

namespace taut::git {

struct ProgramOptions {
  std::string program = "git";
  std::string folder;                                // for its settings and for short-lived credential files
  Duration refs_timeout = std::chrono::seconds(15);  // Argo CD: reposerver.git.request.timeout
  Duration fetch_timeout = std::chrono::seconds(300);
  std::optional<Cancel> cancel;
};

// Runs git with nothing of the user's or the system's settings, without a terminal and without a shell.
// Thread-safe.
class Program {
 public:
  explicit Program(ProgramOptions options);

  // The output of `git ls-remote --symref`.
  Result<std::string> ls_remote(const Remote& remote, const Credentials& credentials) const;
  Status init(const std::string& store) const;
  // How much history a fetch brings: one commit; all of it, also of what was fetched shallow; or what the store
  // lacks.
  enum class Depth { kTip, kAll, kMissing };
  Status fetch(const std::string& store, const Remote& remote, const Credentials& credentials,
               const std::vector<std::string>& refspecs, Depth depth) const;
  Status push(const std::string& store, const Remote& remote, const Credentials& credentials,
              const std::string& refspec) const;
  // The output of `git blame --porcelain` of a file at a revision, in a store or a work tree; "" for the files as they
  // lie in the work tree.
  Result<std::string> blame(const std::string& repository, const std::string& revision, const std::string& path) const;
  // The output of `git config --list -z` of a file of a commit, which is such settings.
  Result<std::string> settings_in(const std::string& store, const std::string& commit, const std::string& path) const;
  // Joins small packs into big ones; what readers hold stays readable.
  Status repack(const std::string& store) const;
  // Removes objects that no ref reaches and that are older than a day.
  Status collect(const std::string& store) const;

 private:
  Result<ProcessResult> run(std::vector<std::string> arguments, const Remote* remote,
                            const Credentials& credentials, Duration timeout) const;
  static Error failure(std::string_view doing, const ProcessResult& result, const Credentials& credentials);
  ProgramOptions options_;
};

// What the git program's words mean: kUnauthenticated, kUnavailable, kNotFound (repository or revision), kConflict
// (a push that is behind), or kInternal when they tell of none of these, as a damaged store does. `doing` begins
// the message.
Error git_error(std::string_view doing, std::string_view standard_error);

}  // namespace taut::git
