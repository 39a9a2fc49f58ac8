#include "io/git/git_tree.hh"

#include "base/strings.hh"
#include "tree/path.hh"

namespace taut::git {

namespace {

using Type = TreeEntry::Type;

TreeEntry describe(const git_tree_entry* entry) {
  TreeEntry out{.name = git_tree_entry_name(entry)};
  switch (git_tree_entry_filemode_raw(entry) & 0170000) {
    case 0040000: out.type = Type::kFolder; break;
    case 0120000: out.type = Type::kSymlink; break;
    case 0160000: out.type = Type::kSubmodule; break;
    default: out.executable = (git_tree_entry_filemode_raw(entry) & 0100) != 0;
  }
  return out;
}

class GitTree final : public LinkedTree {
 public:
  GitTree(std::shared_ptr<const Objects> objects, TreeHandle root)
      : objects_(std::move(objects)), root_(std::move(root)) {}

  Result<Hash128> id() const override { return hash_of(*git_tree_id(root_.get())); }

  Result<std::string> submodule(std::string_view path) const override {
    TAUT_ASSIGN(auto found, find(path));
    if (!found || found->entry.type != Type::kSubmodule) return fail(Code::kNotFound, "{}: not a submodule", path);
    return to_hex(found->oid);
  }

 protected:
  struct Found {
    TreeEntry entry;
    git_oid oid;
  };

  // The entry at an exact path. Walks by itself: libgit2's own walk does not tell a path that is not in the commit
  // from a tree object that the database lost, and a lost object must never look like a removed file.
  Result<std::optional<Found>> find(std::string_view path) const {
    if (path.empty()) return std::optional(Found{{.type = Type::kFolder}, *git_tree_id(root_.get())});
    TreeHandle owner;
    const git_tree* folder = root_.get();
    for (;;) {
      size_t slash = path.find('/');
      std::string name(path.substr(0, slash));
      const git_tree_entry* entry = git_tree_entry_byname(folder, name.c_str());
      if (entry == nullptr) return std::optional<Found>();
      if (slash == path.npos) return std::optional(Found{describe(entry), *git_tree_entry_id(entry)});
      if (git_tree_entry_type(entry) != GIT_OBJECT_TREE) return std::optional<Found>();
      TAUT_ASSIGN(owner, objects_->tree(*git_tree_entry_id(entry)));
      folder = owner.get();
      path.remove_prefix(slash + 1);
    }
  }

  // For a path that `look` found before.
  Result<Found> known(std::string_view path) const {
    TAUT_ASSIGN(auto found, find(path));
    if (!found) return fail(Code::kNotFound, "{}: no such file or directory", path);
    return std::move(*found);
  }

  Result<std::optional<TreeEntry>> look(std::string_view path) const override {
    TAUT_ASSIGN(auto found, find(path));
    if (!found) return std::optional<TreeEntry>();
    return std::optional(std::move(found->entry));
  }

  Result<TreeEntry> stat(std::string_view path) const override {
    TAUT_ASSIGN(auto entry, LinkedTree::stat(path));
    if (entry.type != Type::kFile) return entry;
    auto clean = clean_path(path);
    TAUT_ASSIGN(auto found, find(*clean));
    // Behind a symlink the size is left out; nothing depends on it.
    if (!found) return entry;
    TAUT_ASSIGN(entry.size, objects_->blob_size(found->oid, path));
    return entry;
  }

  Result<std::vector<TreeEntry>> entries(std::string_view path) const override {
    TAUT_ASSIGN(auto found, known(path));
    TAUT_ASSIGN(auto folder, objects_->tree(found.oid));
    std::vector<TreeEntry> out;
    out.reserve(git_tree_entrycount(folder.get()));
    for (size_t i = 0; i < git_tree_entrycount(folder.get()); ++i) {
      TreeEntry entry = describe(git_tree_entry_byindex(folder.get(), i));
      // Only a forged tree object holds such names; they can name nothing.
      if (is_clean_path(entry.name) && !entry.name.empty()) out.push_back(std::move(entry));
    }
    // Git sorts a folder as if its name ended in a slash.
    std::sort(out.begin(), out.end(), [](auto& a, auto& b) { return a.name < b.name; });
    return out;
  }

  Result<FileText> bytes(std::string_view path) const override {
    TAUT_ASSIGN(auto found, known(path));
    return objects_->blob(found.oid, path, kMaxFileSize);
  }

  Result<std::string> target(std::string_view path) const override {
    TAUT_ASSIGN(auto found, known(path));
    TAUT_ASSIGN(auto text, objects_->blob(found.oid, path, 64 << 10));
    return *text;
  }

  Result<Hash128> content(std::string_view path, const TreeEntry&) const override {
    TAUT_ASSIGN(auto found, known(path));
    return hash_of(found.oid);
  }

 private:
  std::shared_ptr<const Objects> objects_;
  TreeHandle root_;
};

}  // namespace

Result<TreePtr> open_tree(std::shared_ptr<const Objects> objects, const git_oid& root) {
  TAUT_ASSIGN(auto tree, objects->tree(root));
  return std::make_shared<GitTree>(std::move(objects), std::move(tree));
}

}  // namespace taut::git
