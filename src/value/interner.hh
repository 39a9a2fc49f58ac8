// Interner: equal lists, maps and texts become one node, held once however many documents they are part of.
//
// Ten thousand Deployments differ in a few strings: their field ownership, most of their specs and the copies that a
// write and a watch give of one object are the same. What is shared compares equal by one comparison.
#pragma once

#include <cstddef>
#include <vector>

#include "value/value.hh"

namespace taut {

// Not thread-safe; the Values that it gives are, as all are. It remembers what it saw lately, in so many places: what is
// common comes by again and again and is found, what was seen once makes way.
class Interner {
 public:
  explicit Interner(size_t places = 1 << 14) : places_(places) {}

  // The same value, made of nodes seen before where there are equal ones, and without room to grow. Linear in its size
  // the first time, and in the size of what differs later. Numbers that are equal (1 and 1.0) become one of them.
  Value share(Value value);
  // Forgets what it has seen, so that it holds nothing.
  void clear();

 private:
  Value rebuilt(const Value& value);
  Key shared(const Key& key);

  const size_t places_;
  std::vector<Value> recent_;  // each at the place that its hash names; empty until something is shared
  std::vector<Key> keys_;      // the same of names
};

}  // namespace taut
