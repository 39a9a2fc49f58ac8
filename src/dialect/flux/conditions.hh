// The list status.conditions of Flux's objects, kept as fluxcd/pkg/runtime does.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/time.hh"
#include "value/value.hh"

namespace taut::flux {

class Conditions {
 public:
  // What an object has now; what is set from here on is of this generation and time.
  Conditions(const Value& list, int64_t generation, Time now);

  // A condition that says the same keeps its time.
  void set(std::string_view type, std::string_view status, std::string_view reason, std::string_view message);
  void set_true(std::string_view type, std::string_view reason, std::string_view message) { set(type, "True", reason, message); }
  void set_false(std::string_view type, std::string_view reason, std::string_view message) { set(type, "False", reason, message); }
  void set_unknown(std::string_view type, std::string_view reason, std::string_view message) { set(type, "Unknown", reason, message); }
  void remove(std::string_view type);
  // The condition of a type, or null.
  const Value& find(std::string_view type) const;
  // Ready first, the rest by name.
  Value list() const;

 private:
  std::vector<Value> items_;
  int64_t generation_;
  Time now_;
};

// The condition of a type in an object's status, or null.
const Value& condition_of(const Value& object, std::string_view type);

}  // namespace taut::flux
