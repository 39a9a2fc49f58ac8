// Interner: equal lists and maps become one node, held once however many documents they are part of.
//
// Ten thousand Deployments differ in a few strings: their field ownership, most of their specs and the copies that a
// write and a watch give of one object are the same. What is shared compares equal by one comparison.
#pragma once

#include <cstddef>
#include <unordered_set>

#include "value/value.hh"

namespace taut {

// Not thread-safe; the Values that it gives are, as all are. It holds what it has seen until a sweep finds that nobody
// else does.
class Interner {
 public:
  // The same value, made of nodes seen before where there are equal ones. Linear in its size the first time, and in the
  // size of what differs later. Numbers that are equal (1 and 1.0) become one of them.
  Value share(Value value);
  // How many lists and maps it holds.
  size_t size() const { return known_.size(); }
  // Lets go of what nobody else holds. Called by share() as it grows.
  void sweep();

 private:
  Value find_or_add(Value value);

  std::unordered_set<Value> known_;
  size_t sweep_at_ = 4096;
};

}  // namespace taut
