// Kubernetes quantities ("100m", "1.5Gi", "1e3"), with the rounding and the canonical form of apimachinery's
// resource.Quantity.
#pragma once

#include <compare>
#include <string>
#include <string_view>

#include "base/result.hh"

namespace taut {

class Quantity {
 public:
  enum class Format : uint8_t { kDecimal, kBinary, kExponent };

  Quantity() = default;

  // Rounds up to nano. kInvalid in apimachinery's words for anything that is not a quantity or is out of range.
  static Result<Quantity> parse(std::string_view text);
  static Quantity of(int64_t whole, Format format = Format::kDecimal);

  // "1500m", "2Gi": the shortest exact form in this quantity's own format.
  std::string to_string() const;
  Quantity round_up_to_milli() const;
  double as_double() const;
  int64_t whole_up() const;  // rounded up to a whole number

  Quantity operator+(const Quantity& other) const;  // keeps this one's format unless it is zero
  Quantity operator-(const Quantity& other) const;
  bool operator==(const Quantity& other) const { return nanos_ == other.nanos_; }
  std::strong_ordering operator<=>(const Quantity& other) const { return nanos_ <=> other.nanos_; }

 private:
  __int128 nanos_ = 0;
  Format format_ = Format::kDecimal;
};

// What the API server stores for `text`: texts that are canonical enough for it are kept as written ("1e3", "+1"), others
// brought to canonical form ("0.1" to "100m", "1024Ki" to "1Mi"). `resource_list`: in a list of resources, where
// parts below a thousandth are rounded up.
Result<std::string> stored_quantity(std::string_view text, bool resource_list);

}  // namespace taut
