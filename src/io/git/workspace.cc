#include "io/git/workspace.hh"

#include <git2/sys/repository.h>

#include <filesystem>

#include "io/git/git_tree.hh"
#include "io/git/handles.hh"
#include "tree/path.hh"

namespace taut::git {

struct GitWorkspace::State {
  std::string directory;
  RepositoryHandle repository;
};

namespace {

Failure failed(std::string_view doing) { return fail(Code::kUnavailable, "{}: {}", doing, last_error()); }

Result<CommitHandle> find_commit(git_repository* repository, const git_oid& oid) {
  git_commit* commit = nullptr;
  if (git_commit_lookup(&commit, repository, &oid) != 0) {
    return fail(Code::kNotFound, "unable to resolve '{}' to a commit SHA", to_hex(oid));
  }
  return CommitHandle(commit);
}

// The tip of a branch; null when there is no such branch.
Result<CommitHandle> find_tip(git_repository* repository, const std::string& branch) {
  git_oid oid;
  int code = git_reference_name_to_id(&oid, repository, ("refs/heads/" + branch).c_str());
  if (code == GIT_ENOTFOUND) return CommitHandle();
  if (code != 0) return failed("cannot read branch " + branch);
  return find_commit(repository, oid);
}

Result<SignatureHandle> signature(const CommitText& text) {
  git_signature* out = nullptr;
  Time when = text.time.value_or(std::chrono::system_clock::now());
  auto seconds = std::chrono::floor<std::chrono::seconds>(when).time_since_epoch().count();
  if (git_signature_new(&out, text.name.c_str(), text.email.c_str(), seconds, 0) != 0) {
    return fail(Code::kInvalid, "invalid author {} <{}>: {}", text.name, text.email, last_error());
  }
  return SignatureHandle(out);
}

Result<git_oid> write_tree(git_repository* repository, const git_tree* base, const FileChanges& changes) {
  std::vector<git_tree_update> updates;
  for (const auto& [path, text] : changes) {
    if (path.empty() || !is_clean_path(path))
      return fail(Code::kInvalid, "{}: not a path inside the repository", path);
    git_tree_update update{};
    update.path = path.c_str();
    update.action = GIT_TREE_UPDATE_REMOVE;
    if (text) {
      update.action = GIT_TREE_UPDATE_UPSERT;
      update.filemode = text->starts_with("#!") ? GIT_FILEMODE_BLOB_EXECUTABLE : GIT_FILEMODE_BLOB;
      if (git_blob_create_from_buffer(&update.id, repository, text->data(), text->size()) != 0)
        return failed("cannot write " + path);
    }
    updates.push_back(update);
  }
  git_oid out;
  git_tree* tree = const_cast<git_tree*>(base);
  if (git_tree_create_updated(&out, repository, tree, updates.size(), updates.data()) != 0) {
    return fail(Code::kInvalid, "cannot change the files: {}", last_error());
  }
  return out;
}

// Moves the ref with it, unless its name is empty.
Result<std::string> write_commit(git_repository* repository, const std::string& ref, const git_oid& tree_oid,
                                 git_commit* parent, const CommitText& text) {
  git_tree* tree = nullptr;
  if (git_tree_lookup(&tree, repository, &tree_oid) != 0) return failed("cannot read the new tree");
  TreeHandle owner(tree);
  TAUT_ASSIGN(auto author, signature(text));
  const git_commit* parents[] = {parent};
  git_oid out;
  int code = git_commit_create(&out, repository, ref.empty() ? nullptr : ref.c_str(), author.get(), author.get(),
                               nullptr, text.message.c_str(), tree, parent != nullptr ? 1 : 0, parents);
  if (code == GIT_EMODIFIED) return fail(Code::kConflict, "{} moved on meanwhile", ref);
  if (code != 0) return failed("cannot commit to " + ref);
  return to_hex(out);
}

}  // namespace

GitWorkspace::GitWorkspace(std::unique_ptr<State> state) : state_(std::move(state)) {}
GitWorkspace::~GitWorkspace() = default;
GitWorkspace::GitWorkspace(GitWorkspace&&) noexcept = default;
GitWorkspace& GitWorkspace::operator=(GitWorkspace&&) noexcept = default;

Result<GitWorkspace> GitWorkspace::init(const std::string& directory, const std::string& branch) {
  start_libgit2();
  if (std::filesystem::exists(directory + "/HEAD"))
    return fail(Code::kAlreadyExists, "{}: is a Git repository already", directory);
  git_repository_init_options options = GIT_REPOSITORY_INIT_OPTIONS_INIT;
  options.flags = GIT_REPOSITORY_INIT_BARE | GIT_REPOSITORY_INIT_MKPATH;
  options.initial_head = branch.c_str();
  git_repository* repository = nullptr;
  if (git_repository_init_ext(&repository, directory.c_str(), &options) != 0)
    return failed("cannot make a repository at " + directory);
  return GitWorkspace(std::unique_ptr<State>(new State{directory, RepositoryHandle(repository)}));
}

Result<GitWorkspace> GitWorkspace::open(const std::string& directory) {
  start_libgit2();
  git_repository* repository = nullptr;
  if (git_repository_open_bare(&repository, directory.c_str()) != 0) {
    return fail(Code::kNotFound, "{}: no Git repository: {}", directory, last_error());
  }
  return GitWorkspace(std::unique_ptr<State>(new State{directory, RepositoryHandle(repository)}));
}

const std::string& GitWorkspace::directory() const { return state_->directory; }

Result<std::string> GitWorkspace::commit(const std::string& branch, const FileChanges& changes,
                                         const CommitText& text) {
  git_repository* repository = state_->repository.get();
  TAUT_ASSIGN(auto parent, find_tip(repository, branch));
  git_tree* base = nullptr;
  if (parent != nullptr && git_commit_tree(&base, parent.get()) != 0) return failed("cannot read branch " + branch);
  TreeHandle owner(base);
  TAUT_ASSIGN(git_oid tree, write_tree(repository, base, changes));
  return write_commit(repository, "refs/heads/" + branch, tree, parent.get(), text);
}

Result<std::string> GitWorkspace::commit_on(const std::string& parent, const FileChanges& changes,
                                            const CommitText& text) {
  git_repository* repository = state_->repository.get();
  TAUT_ASSIGN(auto oid, parse_oid(parent));
  TAUT_ASSIGN(auto commit, find_commit(repository, oid));
  git_tree* base = nullptr;
  if (git_commit_tree(&base, commit.get()) != 0) return failed("cannot read commit " + parent);
  TreeHandle owner(base);
  TAUT_ASSIGN(git_oid tree, write_tree(repository, base, changes));
  return write_commit(repository, "", tree, commit.get(), text);
}

Result<std::string> GitWorkspace::restore(const std::string& branch, const std::string& sha,
                                          const CommitText& text) {
  git_repository* repository = state_->repository.get();
  TAUT_ASSIGN(auto oid, parse_oid(sha));
  TAUT_ASSIGN(auto wanted, find_commit(repository, oid));
  TAUT_ASSIGN(auto parent, find_tip(repository, branch));
  return write_commit(repository, "refs/heads/" + branch, *git_commit_tree_id(wanted.get()), parent.get(), text);
}

Status GitWorkspace::set_branch(const std::string& branch, const std::string& sha) {
  TAUT_ASSIGN(auto oid, parse_oid(sha));
  TAUT_TRY(find_commit(state_->repository.get(), oid));
  git_reference* reference = nullptr;
  int code = git_reference_create(&reference, state_->repository.get(), ("refs/heads/" + branch).c_str(), &oid, 1,
                                  nullptr);
  ReferenceHandle owner(reference);
  if (code != 0) return failed("cannot move branch " + branch);
  return {};
}

Status GitWorkspace::tag(const std::string& name, const std::string& sha, const std::string& message) {
  TAUT_ASSIGN(auto oid, parse_oid(sha));
  TAUT_ASSIGN(auto commit, find_commit(state_->repository.get(), oid));
  auto* target = reinterpret_cast<git_object*>(commit.get());
  git_oid out;
  int code = 0;
  if (message.empty()) {
    code = git_tag_create_lightweight(&out, state_->repository.get(), name.c_str(), target, 1);
  } else {
    TAUT_ASSIGN(auto tagger, signature({}));
    code = git_tag_create(&out, state_->repository.get(), name.c_str(), target, tagger.get(), message.c_str(), 1);
  }
  if (code != 0) return failed("cannot make tag " + name);
  return {};
}

Result<std::string> GitWorkspace::tip(const std::string& branch) const {
  TAUT_ASSIGN(auto commit, find_tip(state_->repository.get(), branch));
  if (commit == nullptr) return fail(Code::kNotFound, "unable to resolve '{}' to a commit SHA", branch);
  return to_hex(*git_commit_id(commit.get()));
}

Result<std::string> GitWorkspace::head() const {
  git_oid oid;
  if (git_reference_name_to_id(&oid, state_->repository.get(), "HEAD") != 0)
    return fail(Code::kNotFound, "unable to resolve 'HEAD' to a commit SHA");
  return to_hex(oid);
}

Result<TreePtr> GitWorkspace::tree(const std::string& sha) const {
  TAUT_ASSIGN(auto oid, parse_oid(sha));
  TAUT_ASSIGN(auto objects, Objects::open(state_->directory));
  TAUT_ASSIGN(auto root, objects->root_tree(oid));
  return open_tree(std::move(objects), root);
}

}  // namespace taut::git
