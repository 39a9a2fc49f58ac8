#include "tree/views.hh"

#include "tree/linked.hh"
#include "tree/path.hh"

namespace taut {

namespace {

using Type = TreeEntry::Type;

class SubTree final : public Tree {
 public:
  SubTree(TreePtr tree, std::string folder) : tree_(std::move(tree)), folder_(std::move(folder)) {}

  Result<Hash128> id() const override {
    auto print = tree_->fingerprint(folder_);
    if (print) return print->hash;
    if (print.error().code() != Code::kUnsupported) return Failure(print.error());
    return hash_folder(*tree_, folder_);
  }
  Result<std::vector<TreeEntry>> list(std::string_view folder) const override {
    TAUT_ASSIGN(auto path, full(folder));
    return tree_->list(path);
  }
  Result<FileText> read(std::string_view path) const override {
    TAUT_ASSIGN(auto whole, full(path));
    return tree_->read(whole);
  }
  Result<TreeEntry> stat(std::string_view path) const override {
    TAUT_ASSIGN(auto whole, full(path));
    // The root of a view is the folder itself, even where a symlink led to it.
    if (whole == folder_) return TreeEntry{.name = "", .type = Type::kFolder};
    return tree_->stat(whole);
  }
  Result<Fingerprint> fingerprint(std::string_view path) const override {
    TAUT_ASSIGN(auto whole, full(path));
    return tree_->fingerprint(whole);
  }
  Result<std::string> link(std::string_view path) const override {
    TAUT_ASSIGN(auto whole, full(path));
    return tree_->link(whole);
  }

 private:
  Result<std::string> full(std::string_view path) const {
    TAUT_ASSIGN(auto clean, clean_path(path));
    return join_path(folder_, clean);
  }
  TreePtr tree_;
  std::string folder_;
};

class OverlayTree final : public LinkedTree {
 public:
  OverlayTree(TreePtr base, TreeChanges changes) : base_(std::move(base)) {
    for (auto& [path, text] : changes) {
      FileText file = text ? std::make_shared<const std::string>(std::move(*text)) : nullptr;
      changes_.emplace(path, std::move(file));
    }
  }

  Result<Hash128> id() const override {
    TAUT_ASSIGN(auto base, base_->id());
    std::string all = "overlay\n" + base.hex();
    for (const auto& [path, text] : changes_) {
      fmt::format_to(std::back_inserter(all), "\n{}:{}{}", path.size(), path, text ? hash128(*text).hex() : "-");
    }
    return hash128(all);
  }

 protected:
  Result<std::optional<TreeEntry>> look(std::string_view path) const override {
    auto changed = changes_.find(path);
    if (changed != changes_.end()) {
      if (changed->second == nullptr) return std::optional<TreeEntry>();
      return std::optional(file_entry(path, *changed->second));
    }
    if (added_below(path)) {
      return std::optional(TreeEntry{.name = std::string(base_name(path)), .type = Type::kFolder});
    }
    auto below = exact_in_base(path);
    if (!below || !*below || (*below)->type != Type::kFolder || path.empty() || !touched_below(path)) return below;
    TAUT_ASSIGN(auto left, entries(path));
    if (left.empty()) return std::optional<TreeEntry>();
    return below;
  }

  Result<std::vector<TreeEntry>> entries(std::string_view folder) const override {
    std::map<std::string, TreeEntry> merged;
    auto from_base = base_->list(folder);
    if (from_base) {
      for (TreeEntry& entry : *from_base) merged.emplace(entry.name, std::move(entry));
    } else if (from_base.error().code() != Code::kNotFound) {
      return from_base;
    }
    for (auto it = first_below(folder); it != changes_.end() && is_inside(it->first, folder); ++it) {
      std::string_view rest = std::string_view(it->first).substr(folder.empty() ? 0 : folder.size() + 1);
      std::string name(rest.substr(0, rest.find('/')));
      TAUT_ASSIGN(auto entry, look(join_path(folder, name)));
      if (entry) {
        merged.insert_or_assign(name, std::move(*entry));
      } else {
        merged.erase(name);
      }
    }
    std::vector<TreeEntry> out;
    for (auto& [name, entry] : merged) out.push_back(std::move(entry));
    return out;
  }

  Result<FileText> bytes(std::string_view path) const override {
    auto changed = changes_.find(path);
    if (changed == changes_.end()) return base_->read(path);
    if (changed->second->size() > kMaxFileSize) return too_big(path, changed->second->size());
    return changed->second;
  }
  Result<std::string> target(std::string_view path) const override { return base_->link(path); }

  Result<Hash128> content(std::string_view path, const TreeEntry& entry) const override {
    if (entry.type == Type::kFile) {
      if (auto it = changes_.find(path); it != changes_.end()) return hash128(*it->second);
    }
    TAUT_ASSIGN(auto base, fingerprint_in_base(path));
    if (!touched_below(path)) return base;
    std::string all = "overlay\n" + base.hex();
    for (auto it = first_below(path); it != changes_.end() && is_inside(it->first, path); ++it) {
      fmt::format_to(std::back_inserter(all), "\n{}:{}{}", it->first.size(), it->first,
                     it->second ? hash128(*it->second).hex() : "-");
    }
    return hash128(all);
  }

 private:
  using Changes = std::map<std::string, FileText, std::less<>>;

  static TreeEntry file_entry(std::string_view path, const std::string& text) {
    return {.name = std::string(base_name(path)), .type = Type::kFile, .size = text.size()};
  }
  Changes::const_iterator first_below(std::string_view folder) const {
    return folder.empty() ? changes_.begin() : changes_.lower_bound(std::string(folder) + "/");
  }
  bool touched_below(std::string_view folder) const {
    auto it = first_below(folder);
    return it != changes_.end() && is_inside(it->first, folder);
  }
  bool added_below(std::string_view folder) const {
    for (auto it = first_below(folder); it != changes_.end() && is_inside(it->first, folder); ++it) {
      if (it->second != nullptr) return true;
    }
    return false;
  }
  // The base follows symlinks on the way; a path behind one is not there when asked for exactly.
  Result<std::optional<TreeEntry>> exact_in_base(std::string_view path) const {
    for (std::string_view up = parent_path(path); !up.empty(); up = parent_path(up)) {
      auto folder = base_->stat(up);
      if (!folder || folder->type != Type::kFolder) return std::optional<TreeEntry>();
    }
    auto entry = base_->stat(path);
    if (entry) return std::optional(std::move(*entry));
    if (entry.error().code() == Code::kNotFound) return std::optional<TreeEntry>();
    return Failure(entry.error());
  }
  Result<Hash128> fingerprint_in_base(std::string_view path) const {
    auto print = base_->fingerprint(path);
    if (print) return print->hash;
    if (print.error().code() == Code::kUnsupported) return hash_folder(*base_, path);
    if (print.error().code() == Code::kNotFound) return hash128("");
    return Failure(print.error());
  }

  TreePtr base_;
  Changes changes_;
};

}  // namespace

Result<TreePtr> sub_tree(TreePtr tree, std::string_view folder) {
  TAUT_ASSIGN(auto clean, clean_path(folder));
  if (clean.empty()) return tree;
  TAUT_ASSIGN(auto entry, tree->stat(clean));
  if (entry.type == Type::kFile) return fail(Code::kNotFound, "{}: not a directory", clean);
  if (entry.type != Type::kFolder) TAUT_TRY(tree->list(clean));  // says what is wrong with a link
  return std::make_shared<SubTree>(std::move(tree), std::move(clean));
}

Result<TreePtr> overlay_tree(TreePtr base, TreeChanges changes) {
  for (const auto& [path, text] : changes) {
    if (path.empty() || !is_clean_path(path)) return fail(Code::kInvalid, "{}: not a path inside the tree", path);
  }
  return std::make_shared<OverlayTree>(std::move(base), std::move(changes));
}

}  // namespace taut
