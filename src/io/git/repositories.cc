#include "io/git/repositories.hh"

#include <filesystem>

#include "base/strings.hh"
#include "io/git/git_tree.hh"
#include "io/git/store.hh"

namespace taut::git {

namespace {

ProgramOptions program_options(const Options& options) {
  std::error_code ignored;
  std::filesystem::create_directories(options.directory, ignored);
  std::filesystem::permissions(options.directory, std::filesystem::perms::owner_all, ignored);
  ProgramOptions out = options.program;
  out.folder = options.directory + "/settings";
  return out;
}

// A readable name for the folder of a store; the hash keeps it apart from others.
std::string folder_name(const std::string& url, size_t number) {
  std::string_view rest = trim_right(url, "/");
  if (rest.ends_with(".git")) rest.remove_suffix(4);
  size_t start = rest.find_last_of("/:");
  std::string name;
  for (char c : rest.substr(start == rest.npos ? 0 : start + 1)) {
    bool plain = std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '-' || c == '_' || c == '.';
    if (name.size() < 40) name += plain ? c : '_';
  }
  std::string suffix = number == 0 ? "" : fmt::format("-{}", number);
  return fmt::format("{}-{}{}.git", name, hash128(url).hex().substr(0, 16), suffix);
}

}  // namespace

GitRepositories::GitRepositories(Options options)
    : options_(std::move(options)), program_(program_options(options_)) {}

GitRepositories::~GitRepositories() = default;

Result<std::shared_ptr<Store>> GitRepositories::store(const std::string& url) {
  std::lock_guard lock(mutex_);
  // By the text that was given: two users of one URL with different passwords in it do not share a store.
  auto& known = stores_[url];
  if (known != nullptr) return known;
  auto remote = parse_remote(url);
  if (!remote) {
    stores_.erase(url);
    return Failure(remote.error());
  }
  // The folder is named without the password, so such stores are told apart by number.
  size_t twins = 0;
  for (auto& [other, store] : stores_) twins += store != nullptr && store->remote().url == remote->url;
  Store::FindCredentials credentials;
  if (options_.credentials) credentials = [this, url] { return options_.credentials(url); };
  std::string directory = options_.directory + "/" + folder_name(remote->url, twins);
  known = std::make_shared<Store>(std::move(*remote), std::move(directory), program_, std::move(credentials));
  return known;
}

void GitRepositories::rest() {
  std::lock_guard lock(mutex_);
  for (auto& [url, store] : stores_)
    if (store != nullptr) store->rest();
}

Result<std::string> GitRepositories::resolve(const std::string& url, const std::string& revision) {
  TAUT_ASSIGN(auto store, this->store(url));
  if (is_full_sha(revision)) return to_lower(revision);
  TAUT_ASSIGN(auto refs, store->refs());
  std::string commit = git::resolve(refs, revision);
  if (!commit.empty()) return commit;
  if (is_short_sha(revision)) return store->find_commit(revision);
  Error error(Code::kNotFound,
              fmt::format("unable to resolve '{}' to a commit SHA", revision.empty() ? "HEAD" : revision));
  if (refs.commits.empty())
    return fail(std::move(error).with_hint("the repository is empty: it has no commit yet"));
  return fail(std::move(error).with_hint("check the spelling of the branch or tag; `git ls-remote` lists them"));
}

Result<TreePtr> GitRepositories::tree(const std::string& url, const std::string& sha) {
  TAUT_ASSIGN(auto store, this->store(url));
  TAUT_ASSIGN(auto objects, store->with_commit(sha));
  TAUT_ASSIGN(auto oid, parse_oid(to_lower(sha)));
  TAUT_ASSIGN(auto root, objects->root_tree(oid));
  return open_tree(std::move(objects), root);
}

Result<std::vector<std::string>> GitRepositories::changed_paths(const std::string& url, const std::string& from,
                                                                const std::string& to) {
  TAUT_ASSIGN(auto store, this->store(url));
  TAUT_ASSIGN(auto old_oid, parse_oid(to_lower(from)));
  TAUT_ASSIGN(auto new_oid, parse_oid(to_lower(to)));
  TAUT_TRY(store->with_commit(from));
  TAUT_ASSIGN(auto objects, store->with_commit(to));
  return objects->changed_paths(old_oid, new_oid);
}

Result<Commit> GitRepositories::commit(const std::string& url, const std::string& sha) {
  TAUT_ASSIGN(auto store, this->store(url));
  TAUT_ASSIGN(auto objects, store->with_commit(sha));
  TAUT_ASSIGN(auto oid, parse_oid(to_lower(sha)));
  return objects->commit(oid);
}

Result<SignedObject> GitRepositories::signed_commit(const std::string& url, const std::string& sha) {
  TAUT_ASSIGN(auto store, this->store(url));
  TAUT_ASSIGN(auto objects, store->with_commit(sha));
  TAUT_ASSIGN(auto oid, parse_oid(to_lower(sha)));
  return objects->signed_commit(oid);
}

Result<SignedObject> GitRepositories::signed_tag(const std::string& url, const std::string& tag) {
  TAUT_ASSIGN(auto store, this->store(url));
  TAUT_ASSIGN(auto objects, store->with_tag(tag));
  return objects->signed_tag(tag);
}

Result<std::map<std::string, std::string>> GitRepositories::refs(const std::string& url) {
  TAUT_ASSIGN(RemoteRefs found, remote_refs(url));
  return std::map<std::string, std::string>(found.commits.begin(), found.commits.end());
}

Result<RemoteRefs> GitRepositories::remote_refs(const std::string& url) {
  TAUT_ASSIGN(auto store, this->store(url));
  return store->refs();
}

Result<std::vector<Commit>> GitRepositories::log(const std::string& url, const std::string& from,
                                                 const std::string& to, size_t limit) {
  TAUT_ASSIGN(auto store, this->store(url));
  TAUT_ASSIGN(auto new_oid, parse_oid(to_lower(to)));
  TAUT_ASSIGN(auto objects, store->with_history(to));
  if (from.empty()) return objects->log(nullptr, new_oid, limit);
  TAUT_ASSIGN(auto old_oid, parse_oid(to_lower(from)));
  TAUT_TRY(store->with_commit(from));
  return objects->log(&old_oid, new_oid, limit);
}

Result<std::string> GitRepositories::push(const std::string& url, const std::string& branch,
                                          const FileChanges& changes, const CommitText& text) {
  TAUT_ASSIGN(auto store, this->store(url));
  for (int attempt = 1;; ++attempt) {
    TAUT_ASSIGN(auto tip, resolve(url, "refs/heads/" + branch));
    TAUT_TRY(store->with_commit(tip));
    TAUT_ASSIGN(auto workspace, GitWorkspace::open(store->directory()));
    TAUT_ASSIGN(auto sha, workspace.commit_on(tip, changes, text));
    Status pushed = store->push(sha, branch);
    if (pushed) return sha;
    if (pushed.error().code() != Code::kConflict || attempt == 3) return Failure(pushed.error());
  }
}

Result<std::string> GitRepositories::push_new_branch(const std::string& url, const std::string& from, const std::string& branch,
                                                     const FileChanges& changes, const CommitText& text) {
  TAUT_ASSIGN(auto store, this->store(url));
  TAUT_ASSIGN(auto refs, store->refs());
  if (!git::resolve(refs, "refs/heads/" + branch).empty()) return fail(Code::kAlreadyExists, "branch {} is there already", quote(branch));
  TAUT_ASSIGN(auto tip, resolve(url, from));
  TAUT_TRY(store->with_commit(tip));
  TAUT_ASSIGN(auto workspace, GitWorkspace::open(store->directory()));
  TAUT_ASSIGN(auto sha, workspace.commit_on(tip, changes, text));
  TAUT_TRY(store->push(sha, branch));
  return sha;
}

Result<std::vector<BlamedLine>> GitRepositories::blame(const std::string& url, const std::string& sha, const std::string& path) {
  TAUT_ASSIGN(auto store, this->store(url));
  TAUT_TRY(store->with_history(sha));
  TAUT_ASSIGN(auto text, program_.blame(store->directory(), sha, path));
  return parse_blame(text);
}

}  // namespace taut::git
