// What a comparison takes for the same thing, where that depends on settings.
#pragma once

#include "value/value.hh"

namespace taut::plan {

// Brings an object to the form in which it is compared; the desired one and the live one alike. Immutable, and safe
// from many threads.
class Normalizer {
 public:
  virtual ~Normalizer() = default;
  virtual Value normalize(Value object) const = 0;
};

}  // namespace taut::plan
