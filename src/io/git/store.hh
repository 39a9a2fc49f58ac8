// The local copy of one remote repository: one bare store, however many applications use it.
#pragma once

#include <functional>
#include <list>
#include <memory>
#include <mutex>
#include <string>

#include "io/git/batch.hh"
#include "io/git/objects.hh"
#include "io/git/program.hh"
#include "io/git/refs.hh"

namespace taut::git {

// Thread-safe: fetches wait for each other, reading waits for nothing. A store that cannot be opened or read is
// made anew.
class Store {
 public:
  using FindCredentials = std::function<Result<Credentials>()>;

  Store(Remote remote, std::string directory, const Program& program, FindCredentials credentials);

  // Asks the remote; callers at the same time share one answer.
  Result<RemoteRefs> refs();
  // The database with this commit in it, fetched at depth 1 if it was not there; kNotFound when the remote has
  // none.
  Result<std::shared_ptr<Objects>> with_commit(const std::string& sha);
  // The database with a tag as the remote has it now; kNotFound when it has none.
  Result<std::shared_ptr<Objects>> with_tag(const std::string& tag);
  // The same for the one commit that begins with `prefix`; fetches all history if it is not here.
  Result<std::string> find_commit(const std::string& prefix);
  // The database with all history of this commit.
  Result<std::shared_ptr<Objects>> with_history(const std::string& sha);
  // Closes the database until it is asked for again, and with it what libgit2 keeps of the objects that it read.
  void rest();
  // Sends one of our commits to a branch. kConflict when the branch moved on.
  Status push(const std::string& sha, const std::string& branch);

  const Remote& remote() const { return remote_; }
  const std::string& directory() const { return directory_; }

 private:
  Result<std::shared_ptr<Objects>> objects();
  Result<std::shared_ptr<Objects>> objects_locked();
  Status remake_locked(const Error& reason);
  using Depth = Program::Depth;
  Status fetch_locked(const std::vector<std::string>& refspecs, Depth depth);
  Status fetch_commit_locked(const std::string& sha);
  Status fetch_all_locked();
  Result<Credentials> credentials();
  bool is_shallow() const;
  void tidy_locked();

  const Remote remote_;
  const std::string directory_;
  const Program& program_;
  const FindCredentials find_credentials_;
  Batch<RemoteRefs> refs_;
  std::mutex fetching_;  // held while the store is written
  std::mutex mutex_;     // guards the next two
  std::shared_ptr<Objects> objects_;
  bool damaged_ = false;  // an object that should be there could not be read
  int fetches_ = 0;
  bool opened_ = false;    // once: others in this process may write from then on
  bool complete_ = false;  // it holds all history of what it holds
};

}  // namespace taut::git
