// Items of an associative list by their path element.
#pragma once

#include <algorithm>
#include <vector>

#include "smd/typed.hh"

namespace taut::smd {

// A map from path elements, built in one go and then searched; the order of insertion does not matter.
template <class T>
class ElementMap {
 public:
  T* find(const PathElement& element) {
    auto at = position(element);
    return at != entries_.end() && at->first == element ? &at->second : nullptr;
  }
  // The value under the element, made by default when it is new.
  T& operator[](const PathElement& element) {
    auto at = position(element);
    if (at == entries_.end() || !(at->first == element)) at = entries_.insert(at, {element, T()});
    return at->second;
  }

 private:
  auto position(const PathElement& element) {
    return std::lower_bound(entries_.begin(), entries_.end(), element,
                            [](const auto& entry, const PathElement& e) { return entry.first < e; });
  }
  std::vector<std::pair<PathElement, T>> entries_;
};

}  // namespace taut::smd
