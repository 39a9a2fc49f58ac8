#include "io/git/repositories.hh"

#include <algorithm>
#include <filesystem>

#include "base/strings.hh"
#include "base/url.hh"
#include "io/git/git_tree.hh"
#include "io/git/store.hh"
#include "tree/mounted.hh"

namespace taut::git {

namespace {

constexpr std::string_view kModules = ".gitmodules";
constexpr size_t kMostDepth = 10;
constexpr size_t kMostSubmodules = 1'000;
constexpr std::chrono::seconds kMissedFor(30);

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
  TAUT_ASSIGN(auto found, opened(url));
  return std::move(found.store);
}

// By the text that was given: two users of one URL with different passwords in it do not share a store.
Result<GitRepositories::Opened> GitRepositories::opened(const std::string& url) {
  std::lock_guard lock(mutex_);
  if (auto known = stores_.find(url); known != stores_.end()) return known->second;
  TAUT_ASSIGN(Remote remote, parse_remote(url));
  FindCredentials credentials;
  if (options_.credentials) credentials = [this, url] { return options_.credentials(url); };
  // The folder is named without the password, so such stores are told apart by number.
  auto twins = static_cast<size_t>(std::ranges::count_if(stores_, [&](const auto& other) { return other.second.store->remote().url == remote.url; }));
  std::string folder = folder_name(remote.url, twins);
  return keep(url, std::move(remote), std::move(credentials), folder);
}

GitRepositories::Opened& GitRepositories::keep(const std::string& key, Remote remote, FindCredentials credentials, const std::string& folder) {
  std::string directory = options_.directory + "/" + folder;
  Opened& out = stores_[key];
  out.store = std::make_shared<Store>(std::move(remote), std::move(directory), program_, credentials);
  out.credentials = std::move(credentials);
  return out;
}

// Each parent has a store of it: what it holds was shown to whoever may open the parent.
Result<GitRepositories::Opened> GitRepositories::opened_submodule(const Opened& parent, const Submodule& submodule) {
  const Remote& above = parent.store->remote();
  TAUT_ASSIGN(Remote remote, submodule_remote(above, submodule.url));
  std::string key = fmt::format("{}\n{}", parent.store->directory(), submodule.url);
  std::lock_guard lock(mutex_);
  if (auto known = stores_.find(key); known != stores_.end()) return known->second;
  bool near = same_server(above, remote) && !parent.stranger;
  FindCredentials credentials;
  if (near)
    credentials = [inside = above.inside, lend = parent.credentials]() -> Result<Credentials> {
      return inside.tell_who() || !lend ? Result<Credentials>(inside) : lend();
    };
  else if (options_.credentials && !options_.one_for_all)
    credentials = [this, url = remote.url]() -> Result<Credentials> {
      TAUT_ASSIGN(Credentials own, options_.credentials(url));
      return own.of_nobody();
    };
  std::string folder = folder_name(remote.url + "\n" + key, 0);
  Opened& out = keep(key, std::move(remote), std::move(credentials), folder);
  out.stranger = !near && !above.local;
  return out;
}

void GitRepositories::rest() {
  std::lock_guard lock(mutex_);
  for (auto& [url, opened] : stores_) opened.store->rest();
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

// One commit with its submodules, each of which is looked at once, however often it is met.
struct GitRepositories::Assembly {
  std::map<std::string, Whole> known;  // by store and commit
  std::vector<std::string> above;      // the submodules on the way
};

Result<TreePtr> GitRepositories::tree_with_submodules(const std::string& url, const std::string& sha) {
  TAUT_ASSIGN(auto from, opened(url));
  Assembly assembly;
  TAUT_ASSIGN(Whole whole, assemble(from, sha, assembly));
  return std::move(whole.tree);
}

Result<GitRepositories::Whole> GitRepositories::assemble(const Opened& from, const std::string& sha, Assembly& assembly) {
  TAUT_ASSIGN(auto objects, from.store->with_commit(sha));
  TAUT_ASSIGN(auto oid, parse_oid(to_lower(sha)));
  TAUT_ASSIGN(auto root, objects->root_tree(oid));
  TAUT_ASSIGN(TreePtr tree, open_tree(std::move(objects), root));
  auto listed = tree->stat(kModules);
  if (!listed && listed.error().code() != Code::kNotFound) return Failure(listed.error());
  if (!listed) return Whole{std::move(tree)};
  TAUT_ASSIGN(std::string listing, program_.settings_in(from.store->directory(), sha, std::string(kModules)));
  Whole out;
  std::map<std::string, Result<TreePtr>, std::less<>> mounts;
  for (const Submodule& submodule : parse_submodules(listing)) {
    auto commit = tree->submodule(submodule.path);
    if (!commit) continue;
    auto whole = assemble(from, submodule, *commit, assembly);
    size_t more = 1 + (whole ? whole->submodules : 0);
    if (whole && out.submodules + more > kMostSubmodules) whole = fail(Code::kLimit, "submodule {}: more than {} submodules", quote(submodule.path), kMostSubmodules);
    if (whole) out.submodules += more;
    mounts.emplace(submodule.path, whole ? Result<TreePtr>(whole->tree) : Result<TreePtr>(Failure(whole.error())));
  }
  out.tree = mounted_tree(std::move(tree), std::move(mounts));
  return out;
}

// A server that does not answer is not asked by everybody who renders something of the repository.
Result<GitRepositories::Whole> GitRepositories::assemble(const Opened& parent, const Submodule& submodule, const std::string& sha, Assembly& assembly) {
  std::string key = fmt::format("{}\n{}\n{}", parent.store->directory(), submodule.url, sha);
  if (auto known = assembly.known.find(key); known != assembly.known.end()) return known->second;
  auto now = std::chrono::steady_clock::now();
  {
    std::lock_guard lock(mutex_);
    std::erase_if(missed_, [&](const auto& entry) { return entry.second.until <= now; });
    if (auto missed = missed_.find(key); missed != missed_.end()) return Failure(missed->second.why);
  }
  assembly.above.push_back(submodule.path);
  Result<Whole> whole = fail(Code::kLimit, "submodules lie more than {} deep", kMostDepth);
  bool deep = assembly.above.size() > kMostDepth;
  if (!deep) {
    auto from = opened_submodule(parent, submodule);
    whole = from ? assemble(*from, sha, assembly) : Result<Whole>(Failure(from.error()));
  }
  assembly.above.pop_back();
  if (whole) return assembly.known[key] = std::move(*whole);
  Error why(whole.error().code(), fmt::format("submodule {} from {}: {}", quote(submodule.path), redact_urls(submodule.url), whole.error().message()));
  // How deep it lies is not its own fault.
  if (deep) return Failure(std::move(why));
  std::lock_guard lock(mutex_);
  missed_.insert_or_assign(key, Missed{why, std::chrono::steady_clock::now() + kMissedFor});
  return Failure(std::move(why));
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
