#include "tree/memory.hh"

#include <mutex>

#include "base/strings.hh"
#include "tree/linked.hh"
#include "tree/path.hh"

namespace taut {

namespace {

using Node = MemoryTreeBuilder::Node;
using Nodes = MemoryTreeBuilder::Nodes;
using Type = TreeEntry::Type;

class MemoryTree final : public LinkedTree {
 public:
  explicit MemoryTree(Nodes nodes) : nodes_(std::move(nodes)) {
    for (auto& [path, node] : nodes_) {
      if (!path.empty()) children_[std::string(parent_path(path))].push_back(node.entry);
    }
    for (auto& [folder, entries] : children_) {
      std::sort(entries.begin(), entries.end(), [](auto& a, auto& b) { return a.name < b.name; });
    }
  }

  Result<Hash128> id() const override { return content("", nodes_.find("")->second.entry); }

 protected:
  Result<std::optional<TreeEntry>> look(std::string_view path) const override {
    auto it = nodes_.find(path);
    if (it == nodes_.end()) return std::optional<TreeEntry>();
    return it->second.entry;
  }
  Result<std::vector<TreeEntry>> entries(std::string_view folder) const override {
    auto it = children_.find(folder);
    if (it == children_.end()) return std::vector<TreeEntry>();
    return it->second;
  }
  Result<FileText> bytes(std::string_view path) const override {
    const FileText& text = nodes_.find(path)->second.text;
    if (text->size() > kMaxFileSize) return too_big(path, text->size());
    return text;
  }
  Result<std::string> target(std::string_view path) const override { return nodes_.find(path)->second.target; }

  Result<Hash128> content(std::string_view path, const TreeEntry&) const override {
    std::lock_guard lock(mutex_);
    return hash_of(path);
  }

 private:
  // Hashes are made when first asked for and kept: most trees are only read. The mutex is held.
  Hash128 hash_of(std::string_view path) const {
    if (auto known = hashes_.find(path); known != hashes_.end()) return known->second;
    const Node& node = nodes_.find(path)->second;
    Hash128 hash;
    if (node.entry.type == Type::kFile) {
      hash = hash128(*node.text);
    } else if (node.entry.type == Type::kSymlink) {
      hash = hash128("link\n" + node.target);
    } else {
      std::string below = "folder\n";
      if (auto it = children_.find(path); it != children_.end()) {
        for (const TreeEntry& entry : it->second) {
          fmt::format_to(std::back_inserter(below), "{}{}{}:{}{}\n", static_cast<int>(entry.type),
                         entry.executable ? 'x' : '-', entry.name.size(), entry.name,
                         hash_of(join_path(path, entry.name)).hex());
        }
      }
      hash = hash128(below);
    }
    hashes_.emplace(path, hash);
    return hash;
  }

  Nodes nodes_;
  std::map<std::string, std::vector<TreeEntry>, std::less<>> children_;
  mutable std::mutex mutex_;
  mutable std::map<std::string, Hash128, std::less<>> hashes_;
};

}  // namespace

Status MemoryTreeBuilder::put(std::string_view path, Node node) {
  TAUT_ASSIGN(std::string clean, clean_path(path));
  if (clean.empty()) return fail(Code::kInvalid, "{}: names no file", quote(path));
  TAUT_TRY(folder(parent_path(clean)));
  node.entry.name = base_name(clean);
  auto [it, added] = nodes_.try_emplace(std::move(clean));
  if (!added && it->second.entry.type == Type::kFolder) return fail(Code::kInvalid, "{}: is a directory", path);
  it->second = std::move(node);
  return {};
}

Status MemoryTreeBuilder::file(std::string_view path, FileText text, bool executable) {
  Node node;
  node.entry = {.type = Type::kFile, .executable = executable, .size = text->size()};
  node.text = std::move(text);
  return put(path, std::move(node));
}

Status MemoryTreeBuilder::file(std::string_view path, std::string text, bool executable) {
  return file(path, std::make_shared<const std::string>(std::move(text)), executable);
}

Status MemoryTreeBuilder::symlink(std::string_view path, std::string target) {
  Node node;
  node.entry = {.type = Type::kSymlink};
  node.target = std::move(target);
  return put(path, std::move(node));
}

Status MemoryTreeBuilder::folder(std::string_view path) {
  TAUT_ASSIGN(std::string clean, clean_path(path));
  for (std::string_view here = clean;; here = parent_path(here)) {
    auto [it, added] = nodes_.try_emplace(std::string(here));
    if (added) {
      it->second.entry = {.name = std::string(base_name(here)), .type = Type::kFolder};
    } else if (it->second.entry.type != Type::kFolder) {
      return fail(Code::kInvalid, "{}: not a directory", here);
    }
    if (here.empty() || !added) return {};
  }
}

FileText MemoryTreeBuilder::find(std::string_view path) const {
  auto clean = clean_path(path);
  if (!clean) return nullptr;
  auto it = nodes_.find(*clean);
  return it == nodes_.end() ? nullptr : it->second.text;
}

TreePtr MemoryTreeBuilder::build() {
  nodes_.try_emplace("").first->second.entry.type = Type::kFolder;
  auto tree = std::make_shared<MemoryTree>(std::move(nodes_));
  nodes_.clear();
  return tree;
}

TreePtr memory_tree(std::initializer_list<std::pair<std::string_view, std::string_view>> files) {
  MemoryTreeBuilder builder;
  for (auto [path, text] : files) (void)builder.file(path, std::string(text));
  return builder.build();
}

}  // namespace taut
