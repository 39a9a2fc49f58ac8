// What a computation saw of a Tree, so that its result can be kept for as long as it would see the same again.
//
//   Recorder recorder(tree);
//   auto result = render(recorder, parameters);
//   ReadSet seen = recorder.seen();
//   ... later, with the tree of another commit:
//   if (seen.still_true(*other)) reuse(result);
#pragma once

#include <map>
#include <mutex>
#include <optional>

#include "tree/tree.hh"

namespace taut {

// Everything that was read, listed and asked for, also in vain, with what the answer was.
class ReadSet {
 public:
  // Whether every question would get the same answer from `tree`. Folders that are the same as a whole are told by
  // one look-up, so in Git trees the cost follows what changed between the two, not what was read. A file that
  // changed is read again only if its fingerprint differs. Never true once an answer was a passing failure.
  bool still_true(const Tree& tree) const;

  size_t size() const { return items_.size(); }
  bool empty() const { return items_.empty(); }
  // Whether the path was read, listed or asked for.
  bool contains(std::string_view path) const { return items_.contains(path); }
  // Takes over what another set saw of the same tree.
  void merge(const ReadSet& other);
  // A rough figure of the memory held, for bounds on caches.
  size_t bytes() const;

 private:
  friend class Recorder;
  // The answers of one path; each is a hash of what was answered, failures included.
  struct Item {
    std::optional<Hash128> read;
    std::optional<Hash128> listed;
    std::optional<Hash128> stat;
    std::optional<Hash128> link;
    std::optional<Hash128> print;  // the fingerprint of what was read or listed, if the tree has one
    bool anywhere = false;         // a symlink may be involved: what was seen may lie outside the path's folder
  };
  using Items = std::map<std::string, Item, std::less<>>;
  bool same(const Tree& tree, std::string_view path, const Item& item) const;
  bool folder_same(const Tree& tree, std::string_view folder, Items::const_iterator from,
                   Items::const_iterator to) const;

  Items items_;
  std::map<std::string, Hash128, std::less<>> folders_;  // fingerprints of the folders that hold the items
  bool passing_failure_ = false;
};

// Hands every question on to a tree and notes it. Thread-safe.
class Recorder final : public Tree {
 public:
  explicit Recorder(TreePtr tree) : tree_(std::move(tree)) {}

  Result<Hash128> id() const override;  // counts as seeing the whole tree
  Result<std::vector<TreeEntry>> list(std::string_view folder) const override;
  Result<FileText> read(std::string_view path) const override;
  Result<TreeEntry> stat(std::string_view path) const override;
  Result<Fingerprint> fingerprint(std::string_view path) const override;
  Result<std::string> link(std::string_view path) const override;

  // What was asked up to now.
  ReadSet seen() const;

 private:
  void note(std::string_view path, std::optional<Hash128> ReadSet::Item::*aspect, Hash128 answer,
            const Error* error) const;
  bool may_leave_folder(std::string_view path) const;

  TreePtr tree_;
  mutable std::mutex mutex_;
  mutable ReadSet seen_;
};

}  // namespace taut
