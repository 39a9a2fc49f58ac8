// Interner: equal lists, maps and texts become one node, held once however many documents they are part of.
//
// Ten thousand Deployments differ in a few strings: their field ownership, most of their specs and the copies that a
// write and a watch give of one object are the same. What is shared compares equal by one comparison.
#pragma once

#include <cstddef>
#include <mutex>
#include <vector>

#include "value/value.hh"

namespace taut {

// Thread-safe. It remembers what it saw lately, in so many places at most: what is common comes by again and again and is
// found, what was seen once makes way. The places take 16 bytes each, and are fewer while little is seen.
class Interner {
 public:
  explicit Interner(size_t most_places = 1 << 17) : most_places_(most_places) {}

  // The same value, made of nodes seen before where there are equal ones, and without room to grow. Linear in its size
  // the first time, and in the size of what differs later. Numbers that are equal (1 and 1.0) become one of them.
  Value share(Value value);
  // Forgets what it has seen, so that it holds nothing.
  void clear();

 private:
  Value rebuilt(const Value& value);
  Value find_or_keep(Value value);
  Key shared(const Key& key);
  void grow();

  const size_t most_places_;
  std::mutex mutex_;
  size_t kept_ = 0;            // since the places became so many
  std::vector<Value> recent_;  // each at the place that its hash names; empty until something is shared
  std::vector<Key> keys_;      // the same of names
};

}  // namespace taut
