#include "io/git/store.hh"

#include <filesystem>

#include "base/log.hh"
#include "base/strings.hh"

namespace taut::git {

namespace fs = std::filesystem;

namespace {

// Fetched commits are held by a ref each: they are what the next fetch builds on.
constexpr std::string_view kKept = "refs/taut/";
constexpr size_t kKeptCommits = 100;
constexpr int kFetchesBeforeTidying = 50;
constexpr int kTidyingsBeforeCollecting = 10;

// Left by a program that was killed: nobody else writes here, so none of them is in use.
void remove_leftovers(const fs::path& store) {
  std::error_code ignored;
  std::vector<fs::path> stale;
  for (auto it = fs::recursive_directory_iterator(store, ignored); it != fs::recursive_directory_iterator();
       it.increment(ignored)) {
    if (ignored) break;
    std::string name = it->path().filename().string();
    if (name.ends_with(".lock") || name.starts_with("tmp_")) stale.push_back(it->path());
  }
  for (const fs::path& path : stale) fs::remove(path, ignored);
}

Failure no_such_commit(std::string_view revision) {
  return fail(Code::kNotFound, "unable to resolve '{}' to a commit SHA: there is no such commit", revision);
}

}  // namespace

Store::Store(Remote remote, std::string directory, const Program& program, FindCredentials credentials)
    : remote_(std::move(remote)),
      directory_(std::move(directory)),
      program_(program),
      find_credentials_(std::move(credentials)) {}

Result<Credentials> Store::credentials() {
  if (!remote_.inside.empty()) return remote_.inside;
  if (!find_credentials_) return Credentials{};
  return find_credentials_();
}

Result<RemoteRefs> Store::refs() {
  return refs_.run([this]() -> Result<RemoteRefs> {
    TAUT_ASSIGN(auto keys, credentials());
    TAUT_ASSIGN(auto output, program_.ls_remote(remote_, keys));
    return parse_refs(output);
  });
}

void Store::rest() {
  // Who reads meanwhile what is here already must not wait for a fetch to end.
  std::unique_lock fetching(fetching_, std::try_to_lock);
  if (!fetching) return;
  std::lock_guard lock(mutex_);
  if (objects_ != nullptr && !objects_->broken()) objects_ = nullptr;
}

// Null when the store is not open yet or known to be broken.
Result<std::shared_ptr<Objects>> Store::objects() {
  std::lock_guard lock(mutex_);
  if (objects_ != nullptr && objects_->broken()) {
    objects_ = nullptr;
    damaged_ = true;
  }
  return objects_;
}

Result<std::shared_ptr<Objects>> Store::objects_locked() {
  TAUT_ASSIGN(auto open, objects());
  if (open != nullptr) return open;
  bool damaged = [this] {
    std::lock_guard lock(mutex_);
    return damaged_;
  }();
  if (!fs::exists(directory_)) {
    TAUT_TRY(program_.init(directory_));
  } else if (damaged) {
    TAUT_TRY(remake_locked(Error(Code::kUnavailable, "an object in it cannot be read")));
  } else if (!opened_) {
    remove_leftovers(directory_);
  }
  auto opened = Objects::open(directory_);
  if (!opened) {
    TAUT_TRY(remake_locked(opened.error()));
    opened = Objects::open(directory_);
    if (!opened) return opened;
  }
  // A store of an earlier process: its refs tell whether anything was fetched, git's list of cut commits how much.
  if (!std::exchange(opened_, true)) complete_ = complete_ || (fs::exists(directory_ + "/refs/taut") && !is_shallow());
  std::lock_guard lock(mutex_);
  objects_ = *opened;
  return objects_;
}

Status Store::remake_locked(const Error& reason) {
  log::warn("the local copy of {} is made anew: {}", remote_.display, reason.message());
  {
    std::lock_guard lock(mutex_);
    objects_ = nullptr;
    damaged_ = false;
  }
  complete_ = false;
  // Moved away first: readers of the old one are never shown a half-removed store.
  std::error_code error;
  std::string old = directory_ + ".broken";
  fs::remove_all(old, error);
  fs::rename(directory_, old, error);
  fs::remove_all(old, error);
  fs::remove_all(directory_, error);
  return program_.init(directory_);
}

Status Store::fetch_locked(const std::vector<std::string>& refspecs, Depth depth) {
  TAUT_ASSIGN(auto keys, credentials());
  Status fetched = program_.fetch(directory_, remote_, keys, refspecs, depth);
  if (fetched || fetched.error().code() != Code::kInternal) return fetched;
  // Git complains of neither the remote nor the revision: the store itself is at fault.
  TAUT_TRY(remake_locked(fetched.error()));
  return program_.fetch(directory_, remote_, keys, refspecs, depth);
}

Status Store::fetch_all_locked() {
  Depth depth = is_shallow() ? Depth::kAll : Depth::kMissing;
  TAUT_TRY(fetch_locked({"+refs/heads/*:refs/remote/heads/*", "+refs/tags/*:refs/remote/tags/*"}, depth));
  complete_ = true;
  // libgit2 remembers which commits were cut off; a fresh look sees their parents.
  std::lock_guard lock(mutex_);
  objects_ = nullptr;
  return {};
}

Status Store::fetch_commit_locked(const std::string& sha) {
  if (++fetches_ % kFetchesBeforeTidying == 0) tidy_locked();
  // A store with all history stays so.
  Depth depth = complete_ ? Depth::kMissing : Depth::kTip;
  return fetch_locked({fmt::format("+{}:{}{}", sha, kKept, sha)}, depth);
}

bool Store::is_shallow() const {
  std::error_code error;
  return fs::file_size(directory_ + "/shallow", error) > 0 && !error;
}

// Joins the packs that fetches leave behind, and now and then removes what no kept commit holds. Trees that are
// still read stay readable: young objects are never removed, and libgit2 finds moved ones again.
void Store::tidy_locked() {
  Status tidied = program_.repack(directory_);
  if (tidied && fetches_ % (kFetchesBeforeTidying * kTidyingsBeforeCollecting) == 0) {
    if (auto open = objects_locked()) tidied = (*open)->drop_old_refs(kKept, kKeptCommits);
    if (tidied) tidied = program_.collect(directory_);
  }
  if (!tidied) log::debug("{}: {}", remote_.display, tidied.error().message());
}

Result<std::shared_ptr<Objects>> Store::with_commit(const std::string& sha) {
  TAUT_ASSIGN(auto oid, parse_oid(to_lower(sha)));
  TAUT_ASSIGN(auto ready, objects());
  if (ready != nullptr && ready->has_commit(oid)) return ready;
  std::lock_guard fetching(fetching_);
  // Somebody may have fetched it while we waited.
  TAUT_ASSIGN(auto open, objects_locked());
  for (int attempt = 0; attempt < 2; ++attempt) {
    if (open->has_commit(oid)) return open;
    Status fetched = fetch_commit_locked(to_lower(sha));
    // Servers may refuse to send what no ref names: then it can only be found in the history of all refs.
    bool in_history_only = !fetched && fetched.error().code() == Code::kGone;
    if (in_history_only) fetched = fetch_all_locked();
    TAUT_TRY(std::move(fetched));
    TAUT_ASSIGN(open, objects_locked());
    if (open->has_commit(oid)) return open;
    if (in_history_only || open->has(oid)) break;
    // Git takes the commit for present although it cannot be read.
    TAUT_TRY(remake_locked(Error(Code::kUnavailable, "a fetched commit cannot be read")));
    TAUT_ASSIGN(open, objects_locked());
  }
  return no_such_commit(sha);
}

Result<std::shared_ptr<Objects>> Store::with_tag(const std::string& tag) {
  std::lock_guard fetching(fetching_);
  TAUT_TRY(objects_locked());
  // Fetched each time, as tags may be moved.
  Status fetched = fetch_locked({fmt::format("+refs/tags/{}:refs/remote/tags/{}", tag, tag)}, complete_ ? Depth::kMissing : Depth::kTip);
  if (!fetched && fetched.error().code() == Code::kGone) return fail(Code::kNotFound, "tag {} is not in the repository", tag);
  TAUT_TRY(std::move(fetched));
  return objects_locked();
}

Result<std::string> Store::find_commit(const std::string& prefix) {
  TAUT_ASSIGN(auto ready, objects());
  if (ready != nullptr) {
    if (auto found = ready->find_commit(to_lower(prefix))) return to_hex(*found);
  }
  std::lock_guard fetching(fetching_);
  TAUT_ASSIGN(auto open, objects_locked());
  if (auto found = open->find_commit(to_lower(prefix))) return to_hex(*found);
  TAUT_TRY(fetch_all_locked());
  TAUT_ASSIGN(open, objects_locked());
  if (auto found = open->find_commit(to_lower(prefix))) return to_hex(*found);
  return no_such_commit(prefix);
}

Result<std::shared_ptr<Objects>> Store::with_history(const std::string& sha) {
  TAUT_TRY(with_commit(sha));
  std::lock_guard fetching(fetching_);
  if (is_shallow()) TAUT_TRY(fetch_all_locked());
  return objects_locked();
}

Status Store::push(const std::string& sha, const std::string& branch) {
  std::lock_guard fetching(fetching_);
  TAUT_ASSIGN(auto keys, credentials());
  return program_.push(directory_, remote_, keys, fmt::format("{}:refs/heads/{}", sha, branch));
}

}  // namespace taut::git
