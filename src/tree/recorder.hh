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
#include <string>
#include <vector>

#include "tree/tree.hh"

namespace taut {

// Everything that was read, listed and asked for, also in vain, with what the answer was.
class ReadSet {
 public:
  ReadSet() = default;
  // Whether every question would get the same answer from `tree`. Folders that are the same as a whole are told by
  // one look-up, so in Git trees the cost follows what changed between the two, not what was read. A file that
  // changed is read again only if its fingerprint differs. Never true once an answer was a passing failure.
  bool still_true(const Tree& tree) const;

  size_t size() const { return items_.size(); }
  bool empty() const { return items_.empty(); }
  // Whether the path was read, listed or asked for.
  bool contains(std::string_view path) const;
  // Takes over what another set saw of the same tree.
  void merge(const ReadSet& other);
  // A rough figure of the memory held, for bounds on caches.
  size_t bytes() const;

 private:
  friend class Recorder;
  // The answers of one path; each is a hash of what was answered, failures included.
  struct Answers {
    std::optional<Hash128> read;
    std::optional<Hash128> listed;
    std::optional<Hash128> stat;
    std::optional<Hash128> link;
    std::optional<Hash128> print;  // the fingerprint of what was read or listed, if the tree has one
    bool anywhere = false;         // a symlink may be involved: what was seen may lie outside the path's folder
  };
  using Gathered = std::map<std::string, Answers, std::less<>>;
  using Folders = std::map<std::string, Hash128, std::less<>>;
  // The same packed, in the order of the paths: a set is kept for each of many thousand renders.
  struct Item {
    uint32_t path_end;   // in paths_; it begins where the one before ends
    uint32_t first;      // of its answers in hashes_, in the order of kAspects
    uint8_t has;         // a bit for each of kAspects
    bool anywhere;
  };
  struct Folder {
    uint32_t item, length;  // its path is so much of that item's
    Hash128 print;
  };
  static constexpr std::optional<Hash128> Answers::*kAspects[] = {&Answers::read, &Answers::listed, &Answers::stat, &Answers::link,
                                                                  &Answers::print};

  ReadSet(const Gathered& gathered, const Folders& folders, bool passing_failure);
  std::string_view path(size_t item) const;
  Answers answers(size_t item) const;
  Gathered gathered() const;
  const Folder* find_folder(std::string_view path) const;
  std::string_view path(const Folder& folder) const { return path(folder.item).substr(0, folder.length); }
  bool same(const Tree& tree, size_t item) const;
  bool folder_same(const Tree& tree, std::string_view folder, size_t from, size_t to) const;

  std::string paths_;
  std::vector<Item> items_;
  std::vector<Hash128> hashes_;
  std::vector<Folder> folders_;  // that hold the items, by their paths
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
  void note(std::string_view path, std::optional<Hash128> ReadSet::Answers::*aspect, Hash128 answer,
            const Error* error) const;
  bool may_leave_folder(std::string_view path) const;

  TreePtr tree_;
  mutable std::mutex mutex_;
  mutable ReadSet::Gathered seen_;
  mutable bool passing_failure_ = false;
};

}  // namespace taut
