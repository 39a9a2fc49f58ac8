// Decimal numbers of any length, as shopspring/decimal 1.4.0 computes with them.
#pragma once

#include <memory>

#include "base/result.hh"

namespace taut::gotmpl {

// Immutable. Made from a float64 it has that number's shortest digits, so that 0.1 + 0.2 is 0.3.
class Decimal {
 public:
  // kInvalid for what is no finite number, in the words of Go's panic.
  static Result<Decimal> from(double number);
  Decimal(const Decimal& other);
  Decimal(Decimal&&) noexcept;
  Decimal& operator=(Decimal other) noexcept;
  ~Decimal();

  Decimal operator+(const Decimal& other) const;
  Decimal operator-(const Decimal& other) const;
  Decimal operator*(const Decimal& other) const;
  // Rounded to 16 places. kInvalid "decimal division by 0".
  Result<Decimal> divided_by(const Decimal& other) const;
  // The nearest float64.
  double to_double() const;

 private:
  struct Digits;
  explicit Decimal(Digits digits);
  std::unique_ptr<Digits> digits_;
};

}  // namespace taut::gotmpl
