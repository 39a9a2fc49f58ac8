#include "dialect/flux/sparse_tree.hh"

#include <fmt/format.h>

#include <algorithm>

#include "tree/path.hh"

namespace taut::flux {
namespace {

bool below(std::string_view path, std::string_view folder) {
  return path.starts_with(folder) && (path.size() == folder.size() || path[folder.size()] == '/');
}

class SparseTree : public Tree {
 public:
  SparseTree(TreePtr tree, std::vector<std::string> folders) : tree_(std::move(tree)), folders_(std::move(folders)) {
    std::string all;
    for (const std::string& folder : folders_) all += folder + '\n';
    mark_ = hash128(all);
  }

  Result<Hash128> id() const override {
    TAUT_ASSIGN(Hash128 id, tree_->id());
    return mixed(id);
  }
  Result<std::vector<TreeEntry>> list(std::string_view folder) const override {
    if (!leads(folder)) return missing(folder);
    TAUT_ASSIGN(auto entries, tree_->list(folder));
    std::erase_if(entries, [&](const TreeEntry& entry) { return !leads(join_path(folder, entry.name)); });
    return entries;
  }
  Result<FileText> read(std::string_view path) const override {
    if (!leads(path)) return missing(path);
    return tree_->read(path);
  }
  Result<TreeEntry> stat(std::string_view path) const override {
    if (!leads(path)) return missing(path);
    return tree_->stat(path);
  }
  Result<Fingerprint> fingerprint(std::string_view path) const override {
    if (!leads(path)) return missing(path);
    TAUT_ASSIGN(Fingerprint print, tree_->fingerprint(path));
    if (!std::ranges::any_of(folders_, [&](const std::string& folder) { return below(path, folder); })) print.hash = mixed(print.hash);
    return print;
  }
  Result<std::string> link(std::string_view path) const override { return tree_->link(path); }

 private:
  // Whether it is in one of the folders, or on the way to one.
  bool leads(std::string_view path) const {
    return path.empty() || std::ranges::any_of(folders_, [&](const std::string& folder) { return below(path, folder) || below(folder, path); });
  }
  static Failure missing(std::string_view path) { return fail(Code::kNotFound, "{}: no such file or directory", path); }
  Hash128 mixed(const Hash128& hash) const { return hash128(hash.hex() + mark_.hex()); }

  const TreePtr tree_;
  const std::vector<std::string> folders_;
  Hash128 mark_;  // names the folders
};

}  // namespace

Result<TreePtr> only_folders(TreePtr tree, const Value& folders) {
  std::vector<std::string> kept;
  for (const Value& folder : folders.items()) {
    std::string_view text = folder.as_string();
    auto path = clean_path(text);
    if (!path)
      return fail(Code::kInvalid, "failed to sparse checkout directories : sparse checkout dir '{}' cannot be resolved: {}", text, path.error().message());
    if (auto entry = tree->stat(*path); !entry)
      return fail(Code::kNotFound, "failed to sparse checkout directories : sparse checkout dir '{}' does not exist in repository: {}", text,
                  entry.error().message());
    if (path->empty()) return tree;
    kept.push_back(std::move(*path));
  }
  return std::make_shared<SparseTree>(std::move(tree), std::move(kept));
}

}  // namespace taut::flux
