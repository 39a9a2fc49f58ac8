#include "value/interner.hh"

#include <algorithm>

#include "value/node.hh"

namespace taut {
namespace {

// Whether somebody beside the caller holds the node of this list or map, which is not empty; its slots come after a
// head and a hash. One in a block, which counts for all that are in it, is taken for held.
bool is_held_elsewhere(const Value& value) {
  const void* slots = value.is_list() ? static_cast<const void*>(value.items().data()) : value.entries().data();
  const auto* head = reinterpret_cast<const NodeHead*>(static_cast<const char*>(slots) - kNodeHeadSize);
  return head->references.load(std::memory_order_acquire) != 1;
}

}  // namespace

Value Interner::share(Value value) {
  if (known_.size() >= sweep_at_) sweep();
  return find_or_add(std::move(value));
}

Value Interner::find_or_add(Value value) {
  if ((!value.is_list() && !value.is_map()) || value.empty()) return value;
  if (auto it = known_.find(value); it != known_.end()) return *it;
  if (value.is_list()) {
    for (size_t i = 0; i < value.size(); ++i) {
      Value shared = find_or_add(value[i]);
      if (!shared.same(value[i])) value.edit(i) = std::move(shared);
    }
  } else {
    for (size_t i = 0; i < value.size(); ++i) {
      Value shared = find_or_add(value.entries()[i].value);
      if (shared.same(value.entries()[i].value)) continue;
      Key key = value.entries()[i].name;  // the entry may move
      value.edit(key.as_string()) = std::move(shared);
    }
  }
  known_.insert(value);
  return value;
}

// A node goes only after those that it is part of: what they alone held is found in the next round.
void Interner::sweep() {
  size_t before;
  do {
    before = known_.size();
    std::erase_if(known_, [](const Value& value) { return !is_held_elsewhere(value); });
  } while (known_.size() < before);
  sweep_at_ = std::max<size_t>(4096, known_.size() * 2);
}

}  // namespace taut
