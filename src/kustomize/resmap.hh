// ResMap: the resources of a build in their order, found by id at the cost of a look-up.
//
// Whoever changes resources so that an id may change calls changed() afterwards; the indexes are made anew when
// somebody next asks, so a transformer that touches all costs one pass.
#pragma once

#include <unordered_map>
#include <vector>

#include "kustomize/resource.hh"

namespace taut::kustomize {

class ResMap {
 public:
  size_t size() const { return list_.size(); }
  bool empty() const { return list_.empty(); }
  std::vector<Resource>& resources() { return list_; }
  const std::vector<Resource>& resources() const { return list_; }
  Resource& operator[](size_t index) { return list_[index]; }
  const Resource& operator[](size_t index) const { return list_[index]; }
  auto begin() { return list_.begin(); }
  auto end() { return list_.end(); }
  auto begin() const { return list_.begin(); }
  auto end() const { return list_.end(); }

  // Ids, the order or the number of resources have changed through resources().
  void changed() { current_.valid = any_.valid = false; }

  // "may not add resource with an already registered id: ..." when there is one with the same current id.
  Status append(Resource resource);
  Status append_all(ResMap other);
  // Adds what a generator made: creates, merges into or replaces the one that has or had that id, by behavior.
  Status absorb(Resource resource);
  Status absorb_all(ResMap other);
  void drop_empties();

  // Positions, in order.
  std::vector<size_t> with_current_id(const ResId& id) const;
  // By the current or any previous id; leaves out empty resources.
  std::vector<size_t> with_any_id(const ResId& id) const;
  // Exactly one. The errors: "no matches for Id ...; failed to find unique target for patch ...", and
  // "multiple matches for Id ...".
  Result<size_t> one_with_any_id(const ResId& id) const;
  // "no matches for Current ..." and "multiple matches for Current ...".
  Result<size_t> one_with_current_id(const ResId& id) const;

 private:
  struct Index {
    std::unordered_multimap<uint64_t, uint32_t> at;
    bool valid = false;
  };
  void make_current() const;
  void make_any() const;
  void note(size_t index) const;
  Status merge_into(size_t index, Resource resource);

  std::vector<Resource> list_;
  mutable Index current_, any_;
};

}  // namespace taut::kustomize
