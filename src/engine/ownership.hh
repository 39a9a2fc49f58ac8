// How an object carries the mark of the Unit that it belongs to; each dialect has its own.
#pragma once

#include <optional>
#include <string>

#include "engine/unit.hh"
#include "value/value.hh"

namespace taut::engine {

// Immutable and thread-safe.
class Ownership {
 public:
  virtual ~Ownership() = default;
  // Whether it marks the objects of this Unit: each dialect those of its own.
  virtual bool marks(const UnitSpec&) const { return true; }
  // The object with the Unit's mark.
  virtual Value mark(Value object, const UnitSpec& unit) const = 0;
  // UnitSpec::name of the Unit that the object's mark names; nothing without a mark, or when the mark was made for
  // another object and copied.
  virtual std::optional<std::string> owner(const Value& object) const = 0;
};

}  // namespace taut::engine
