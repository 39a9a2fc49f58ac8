// sprig numeric.go: floats. Sums, products and quotients are computed in decimal.
#include <cmath>

#include "lang/gotmpl/funcs/decimal.hh"
#include "lang/gotmpl/funcs/functions.hh"
#include "lang/gotmpl/funcs/support.hh"

namespace taut::gotmpl::funcs {

namespace {

// Folds the arguments from `first` on into a start.
template <class Op>
Result<Value> fold_decimal(const Call& call, double start, size_t first, Op op) {
  TAUT_ASSIGN(Decimal out, Decimal::from(start));
  for (size_t i = first; i < call.size(); ++i) {
    TAUT_ASSIGN(Decimal next, Decimal::from(cast_float(call[i])));
    TAUT_ASSIGN(out, op(out, next));
  }
  return Value::real(out.to_double());
}

Result<Decimal> sum(const Decimal& a, const Decimal& b) { return a + b; }
Result<Decimal> difference(const Decimal& a, const Decimal& b) { return a - b; }
Result<Decimal> product(const Decimal& a, const Decimal& b) { return a * b; }
Result<Decimal> quotient(const Decimal& a, const Decimal& b) { return a.divided_by(b); }

// math.Max and math.Min: not a number wins, and zeros have signs.
double go_max(double a, double b) {
  if (std::isinf(a) && a > 0) return a;
  if (std::isinf(b) && b > 0) return b;
  if (std::isnan(a) || std::isnan(b)) return NAN;
  if (a == 0 && b == 0) return std::signbit(a) ? b : a;
  return a > b ? a : b;
}

// math.Pow(10, power) by Go's steps: from 10^23 on they do not give the nearest number.
double power_of_ten(int64_t power) {
  int exponent = 0, scale = 0;
  double mantissa = std::frexp(10.0, &exponent), out = 1;
  auto rest = static_cast<uint64_t>(power);
  if (power < 0) rest = 0 - rest;
  for (; rest != 0; rest >>= 1) {
    if (std::abs(exponent) > 1 << 12) {
      scale += exponent;
      break;
    }
    if (rest & 1) out *= mantissa, scale += exponent;
    mantissa *= mantissa;
    exponent <<= 1;
    if (mantissa < 0.5) mantissa += mantissa, --exponent;
  }
  return power < 0 ? std::ldexp(1 / out, -scale) : std::ldexp(out, scale);
}

template <class Op>
Value fold_float(const Call& call, Op op) {
  double out = cast_float(call[0]);
  for (size_t i = 1; i < call.size(); ++i) out = op(out, cast_float(call[i]));
  return Value::real(out);
}

}  // namespace

Result<Value> add1f(Call& call) { return fold_decimal(call, 1, 0, sum); }
Result<Value> addf(Call& call) { return fold_decimal(call, 0, 0, sum); }
Result<Value> subf(Call& call) { return fold_decimal(call, cast_float(call[0]), 1, difference); }
Result<Value> mulf(Call& call) { return fold_decimal(call, cast_float(call[0]), 1, product); }
Result<Value> divf(Call& call) { return fold_decimal(call, cast_float(call[0]), 1, quotient); }

Result<Value> maxf(Call& call) { return fold_float(call, go_max); }
Result<Value> minf(Call& call) {
  return fold_float(call, [](double a, double b) { return -go_max(-a, -b); });
}

Result<Value> ceil(Call& call) { return Value::real(std::ceil(cast_float(call[0]))); }
Result<Value> floor(Call& call) { return Value::real(std::floor(cast_float(call[0]))); }

// Up from a fraction of `on` (0.5 unless given), towards minus infinity below it, negative numbers included.
Result<Value> round(Call& call) {
  double on = call.size() > 2 ? call[2].as_real() : 0.5;
  double power = power_of_ten(call.integer(1));
  double scaled = power * cast_float(call[0]), whole = 0;
  double fraction = std::modf(scaled, &whole);
  return Value::real((fraction >= on ? std::ceil(scaled) : std::floor(scaled)) / power);
}

}  // namespace taut::gotmpl::funcs
