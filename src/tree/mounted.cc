#include "tree/mounted.hh"

#include <fmt/format.h>

#include <mutex>
#include <optional>

#include "tree/linked.hh"
#include "tree/path.hh"

namespace taut {
namespace {

using Type = TreeEntry::Type;
using Mounts = std::map<std::string, Result<TreePtr>, std::less<>>;

class MountedTree final : public LinkedTree {
 public:
  MountedTree(TreePtr base, Mounts mounts) : base_(std::move(base)), mounts_(std::move(mounts)) {}

  // Found once: the same tree may be mounted in many places.
  Result<Hash128> id() const override {
    std::lock_guard lock(mutex_);
    if (id_) return *id_;
    TAUT_ASSIGN(auto base, base_->id());
    TAUT_ASSIGN(id_, with_mounts(base, ""));
    return *id_;
  }
  Result<std::string> submodule(std::string_view path) const override {
    auto at = mount_at(path);
    return at == mounts_.end() || at->first == path || !at->second ? base_->submodule(path) : (*at->second)->submodule(rest(path, at));
  }

 protected:
  Result<std::optional<TreeEntry>> look(std::string_view path) const override {
    auto at = mount_at(path);
    if (at != mounts_.end() && at->first == path)
      return std::optional(TreeEntry{.name = std::string(base_name(path)), .type = Type::kFolder});
    TAUT_ASSIGN(auto place, place_of(path));
    auto found = place.tree->stat(place.path);
    if (found) return std::optional(std::move(*found));
    if (found.error().code() == Code::kNotFound) return std::optional<TreeEntry>();
    return Failure(found.error());
  }
  Result<std::vector<TreeEntry>> entries(std::string_view folder) const override {
    TAUT_ASSIGN(auto place, place_of(folder));
    TAUT_ASSIGN(auto out, place.tree->list(place.path));
    for (TreeEntry& entry : out)
      if (place.tree == base_.get() && mounts_.contains(join_path(folder, entry.name))) entry.type = Type::kFolder;
    return out;
  }
  Result<FileText> bytes(std::string_view path) const override {
    TAUT_ASSIGN(auto place, place_of(path));
    return place.tree->read(place.path);
  }
  Result<std::string> target(std::string_view path) const override {
    TAUT_ASSIGN(auto place, place_of(path));
    return place.tree->link(place.path);
  }
  Result<Hash128> content(std::string_view path, const TreeEntry&) const override {
    TAUT_ASSIGN(auto place, place_of(path));
    TAUT_ASSIGN(auto print, place.tree->fingerprint(place.path));
    return place.tree == base_.get() ? with_mounts(print.hash, path) : Result<Hash128>(print.hash);
  }

 private:
  struct Place {
    const Tree* tree;
    std::string_view path;  // in it
  };

  // The mount that a path is, or lies in.
  Mounts::const_iterator mount_at(std::string_view path) const {
    for (size_t end = path.size(); end != path.npos && end != 0; end = path.rfind('/', end - 1))
      if (auto found = mounts_.find(path.substr(0, end)); found != mounts_.end()) return found;
    return mounts_.end();
  }
  static std::string_view rest(std::string_view path, Mounts::const_iterator at) {
    return path.size() == at->first.size() ? std::string_view() : path.substr(at->first.size() + 1);
  }
  Result<Place> place_of(std::string_view path) const {
    auto at = mount_at(path);
    if (at == mounts_.end()) return Place{base_.get(), path};
    if (!at->second) return Failure(at->second.error());
    return Place{at->second->get(), rest(path, at)};
  }

  // A folder of the base with what is mounted below it. One without a tree has its error for a name: later there may be one.
  Result<Hash128> with_mounts(Hash128 base, std::string_view folder) const {
    std::string all;
    for (const auto& [path, tree] : mounts_) {
      if (!folder.empty() && !is_inside(path, folder)) continue;
      std::string name = tree ? "" : "error " + tree.error().message();
      if (tree) {
        TAUT_ASSIGN(auto id, (*tree)->id());
        name = id.hex();
      }
      all += fmt::format("\n{}:{}{}", path.size(), path, name);
    }
    return all.empty() ? base : hash128("mounted\n" + base.hex() + all);
  }

  const TreePtr base_;
  const Mounts mounts_;
  mutable std::mutex mutex_;
  mutable std::optional<Hash128> id_;
};

}  // namespace

TreePtr mounted_tree(TreePtr base, Mounts mounts) {
  if (mounts.empty()) return base;
  return std::make_shared<MountedTree>(std::move(base), std::move(mounts));
}

}  // namespace taut
