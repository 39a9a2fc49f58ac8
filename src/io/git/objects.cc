#include "io/git/objects.hh"

#include <set>

#include "tree/linked.hh"

namespace taut::git {

namespace {

Commit describe(git_commit* commit) {
  Commit out;
  out.sha = to_hex(*git_commit_id(commit));
  const git_signature* author = git_commit_author(commit);
  out.author = fmt::format("{} <{}>", author->name, author->email);
  out.message = git_commit_message(commit);
  out.time = Time(std::chrono::seconds(git_commit_time(commit)));
  return out;
}

}  // namespace

Result<std::shared_ptr<Objects>> Objects::open(const std::string& directory) {
  start_libgit2();
  git_repository* repository = nullptr;
  if (git_repository_open_bare(&repository, directory.c_str()) != 0) {
    return fail(Code::kInvalid, "the local copy cannot be opened: {}", last_error());
  }
  RepositoryHandle owner(repository);
  git_odb* odb = nullptr;
  if (git_repository_odb(&odb, repository) != 0) {
    return fail(Code::kInvalid, "the local copy cannot be opened: {}", last_error());
  }
  return std::shared_ptr<Objects>(new Objects(std::move(owner), OdbHandle(odb)));
}

Failure Objects::damaged(const git_oid& oid, std::string_view what) const {
  broken_.store(true, std::memory_order_relaxed);
  return fail(Error(Code::kUnavailable, fmt::format("the local copy of the repository is damaged: {} {}: {}", what,
                                                    to_hex(oid), last_error()))
                  .with_hint("it is fetched again at the next attempt"));
}

bool Objects::has_commit(const git_oid& oid) const {
  size_t size = 0;
  git_object_t type = GIT_OBJECT_INVALID;
  if (git_odb_read_header(&size, &type, odb_.get(), &oid) != 0 || type != GIT_OBJECT_COMMIT) return false;
  auto commit = lookup(oid);
  return commit && git_odb_exists(odb_.get(), git_commit_tree_id(commit->get())) == 1;
}

std::optional<git_oid> Objects::find_commit(std::string_view prefix) const {
  git_oid wanted;
  if (prefix.size() > GIT_OID_HEXSZ || git_oid_fromstrn(&wanted, prefix.data(), prefix.size()) != 0)
    return std::nullopt;
  git_commit* commit = nullptr;
  if (git_commit_lookup_prefix(&commit, repository_.get(), &wanted, prefix.size()) != 0) return std::nullopt;
  CommitHandle owner(commit);
  return *git_commit_id(commit);
}

Result<CommitHandle> Objects::lookup(const git_oid& oid) const {
  git_commit* commit = nullptr;
  if (git_commit_lookup(&commit, repository_.get(), &oid) != 0) return damaged(oid, "commit");
  return CommitHandle(commit);
}

Result<Commit> Objects::commit(const git_oid& oid) const {
  TAUT_ASSIGN(auto commit, lookup(oid));
  return describe(commit.get());
}

Result<SignedObject> Objects::signed_commit(const git_oid& oid) const {
  SignedObject out;
  out.sha = out.commit = to_hex(oid);
  git_buf signature{}, text{};
  git_oid wanted = oid;
  int done = git_commit_extract_signature(&signature, &text, repository_.get(), &wanted, nullptr);
  if (done == 0) {
    out.signature.assign(signature.ptr, signature.size);
    out.text.assign(text.ptr, text.size);
  }
  git_buf_dispose(&signature);
  git_buf_dispose(&text);
  if (done != 0 && done != GIT_ENOTFOUND) return damaged(oid, "commit");
  return out;
}

// The signature of a tag is the end of its message.
Result<SignedObject> Objects::signed_tag(const std::string& tag) const {
  git_oid oid;
  if (git_reference_name_to_id(&oid, repository_.get(), ("refs/remote/tags/" + tag).c_str()) != 0)
    return fail(Code::kNotFound, "tag {} is not in the repository", tag);
  git_odb_object* raw = nullptr;
  if (git_odb_read(&raw, odb_.get(), &oid) != 0) return damaged(oid, "tag");
  OdbObjectHandle object(raw);
  if (git_odb_object_type(raw) != GIT_OBJECT_TAG) return fail(Code::kNotFound, "tag {} has no object of its own", tag);
  SignedObject out;
  out.sha = to_hex(oid);
  out.text.assign(static_cast<const char*>(git_odb_object_data(raw)), git_odb_object_size(raw));
  for (std::string_view begin : {"\n-----BEGIN PGP SIGNATURE-----", "\n-----BEGIN SSH SIGNATURE-----", "\n-----BEGIN SIGNED MESSAGE-----"}) {
    size_t at = out.text.rfind(begin);
    if (at == std::string::npos) continue;
    out.signature = out.text.substr(at + 1);
    out.text.resize(at + 1);
    break;
  }
  git_object* target = nullptr;
  git_object* top = nullptr;
  if (git_object_lookup(&top, repository_.get(), &oid, GIT_OBJECT_TAG) != 0) return damaged(oid, "tag");
  ObjectHandle owner(top);
  if (git_object_peel(&target, top, GIT_OBJECT_COMMIT) != 0) return fail(Code::kNotFound, "tag {} names no commit", tag);
  out.commit = to_hex(*git_object_id(ObjectHandle(target).get()));
  return out;
}

Result<git_oid> Objects::root_tree(const git_oid& oid) const {
  TAUT_ASSIGN(auto commit, lookup(oid));
  return *git_commit_tree_id(commit.get());
}

Result<TreeHandle> Objects::tree(const git_oid& oid) const {
  git_tree* tree = nullptr;
  if (git_tree_lookup(&tree, repository_.get(), &oid) != 0) return damaged(oid, "tree");
  return TreeHandle(tree);
}

Result<uint64_t> Objects::blob_size(const git_oid& oid, std::string_view path) const {
  size_t size = 0;
  git_object_t type = GIT_OBJECT_INVALID;
  if (git_odb_read_header(&size, &type, odb_.get(), &oid) != 0) return damaged(oid, path);
  return size;
}

Result<FileText> Objects::blob(const git_oid& oid, std::string_view path, uint64_t limit) const {
  TAUT_ASSIGN(uint64_t size, blob_size(oid, path));
  if (size > limit) return too_big(path, size, limit);
  git_odb_object* object = nullptr;
  if (git_odb_read(&object, odb_.get(), &oid) != 0) return damaged(oid, path);
  OdbObjectHandle owner(object);
  return std::make_shared<const std::string>(static_cast<const char*>(git_odb_object_data(object)),
                                             git_odb_object_size(object));
}

Result<std::vector<std::string>> Objects::changed_paths(const git_oid& from, const git_oid& to) const {
  TAUT_ASSIGN(auto old_root, root_tree(from));
  TAUT_ASSIGN(auto new_root, root_tree(to));
  TAUT_ASSIGN(auto old_tree, tree(old_root));
  TAUT_ASSIGN(auto new_tree, tree(new_root));
  git_diff_options options = GIT_DIFF_OPTIONS_INIT;
  options.flags = GIT_DIFF_INCLUDE_TYPECHANGE | GIT_DIFF_SKIP_BINARY_CHECK;
  git_diff* diff = nullptr;
  if (git_diff_tree_to_tree(&diff, repository_.get(), old_tree.get(), new_tree.get(), &options) != 0) {
    return damaged(to, "tree");
  }
  DiffHandle owner(diff);
  std::set<std::string> paths;
  for (size_t i = 0; i < git_diff_num_deltas(diff); ++i) {
    const git_diff_delta* delta = git_diff_get_delta(diff, i);
    if (delta->old_file.path != nullptr) paths.insert(delta->old_file.path);
    if (delta->new_file.path != nullptr) paths.insert(delta->new_file.path);
  }
  return std::vector<std::string>(paths.begin(), paths.end());
}

Status Objects::drop_old_refs(std::string_view prefix, size_t keep) const {
  git_reference_iterator* iterator = nullptr;
  std::string pattern = fmt::format("{}*", prefix);
  if (git_reference_iterator_glob_new(&iterator, repository_.get(), pattern.c_str()) != 0) {
    return fail(Code::kUnavailable, "cannot list refs: {}", last_error());
  }
  ReferenceIteratorHandle owner(iterator);
  std::vector<std::pair<git_time_t, std::string>> found;
  git_reference* reference = nullptr;
  while (git_reference_next(&reference, iterator) == 0) {
    ReferenceHandle reference_owner(reference);
    const git_oid* target = git_reference_target(reference);
    git_commit* commit = nullptr;
    if (target == nullptr || git_commit_lookup(&commit, repository_.get(), target) != 0) continue;
    CommitHandle commit_owner(commit);
    found.emplace_back(git_commit_time(commit), git_reference_name(reference));
  }
  if (found.size() <= keep) return {};
  std::sort(found.rbegin(), found.rend());
  for (size_t i = keep; i < found.size(); ++i) git_reference_remove(repository_.get(), found[i].second.c_str());
  return {};
}

Result<std::vector<Commit>> Objects::log(const git_oid* from, const git_oid& to, size_t limit) const {
  git_revwalk* walk = nullptr;
  if (git_revwalk_new(&walk, repository_.get()) != 0) return damaged(to, "history");
  WalkHandle owner(walk);
  git_revwalk_sorting(walk, GIT_SORT_TOPOLOGICAL | GIT_SORT_TIME);
  if (git_revwalk_push(walk, &to) != 0) return damaged(to, "commit");
  if (from != nullptr) git_revwalk_hide(walk, from);
  std::vector<Commit> out;
  git_oid next;
  while (out.size() < limit && git_revwalk_next(&next, walk) == 0) {
    TAUT_ASSIGN(auto commit, lookup(next));
    out.push_back(describe(commit.get()));
  }
  return out;
}

}  // namespace taut::git
