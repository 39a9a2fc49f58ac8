#include "lang/gotmpl/funcs/decimal.hh"

#include <fmt/format.h>

#include <boost/multiprecision/cpp_int.hpp>
#include <charconv>
#include <cmath>

namespace taut::gotmpl {

namespace {

using boost::multiprecision::cpp_int;

constexpr int kPlaces = 16;  // of a quotient

cpp_int power_of_ten(int exponent) { return boost::multiprecision::pow(cpp_int(10), static_cast<unsigned>(exponent)); }

}  // namespace

struct Decimal::Digits {
  cpp_int value;
  int exponent = 0;  // of ten

  cpp_int scaled_to(int lower) const { return value * power_of_ten(exponent - lower); }
};

Decimal::Decimal(Digits digits) : digits_(std::make_unique<Digits>(std::move(digits))) {}
Decimal::Decimal(const Decimal& other) : Decimal(*other.digits_) {}
Decimal::Decimal(Decimal&&) noexcept = default;
Decimal& Decimal::operator=(Decimal other) noexcept {
  std::swap(digits_, other.digits_);
  return *this;
}
Decimal::~Decimal() = default;

Result<Decimal> Decimal::from(double number) {
  if (!std::isfinite(number)) {
    std::string_view name = std::isnan(number) ? "NaN" : number > 0 ? "+Inf" : "-Inf";
    return fail(Code::kInvalid, "Cannot create a Decimal from {}", name);
  }
  char buffer[40];
  char* end = std::to_chars(buffer, buffer + sizeof buffer, std::abs(number), std::chars_format::scientific).ptr;
  std::string_view text(buffer, static_cast<size_t>(end - buffer));
  size_t e = text.find('e');
  Digits out;
  std::from_chars(text.data() + e + (text[e + 1] == '+' ? 2 : 1), end, out.exponent);
  for (char c : text.substr(0, e)) {
    if (c != '.') out.value = out.value * 10 + (c - '0');
  }
  if (e > 1) out.exponent -= static_cast<int>(e) - 2;
  if (number < 0) out.value = -out.value;
  return Decimal(std::move(out));
}

Decimal Decimal::operator+(const Decimal& other) const {
  int exponent = std::min(digits_->exponent, other.digits_->exponent);
  return Decimal({digits_->scaled_to(exponent) + other.digits_->scaled_to(exponent), exponent});
}

Decimal Decimal::operator-(const Decimal& other) const {
  int exponent = std::min(digits_->exponent, other.digits_->exponent);
  return Decimal({digits_->scaled_to(exponent) - other.digits_->scaled_to(exponent), exponent});
}

Decimal Decimal::operator*(const Decimal& other) const {
  return Decimal({digits_->value * other.digits_->value, digits_->exponent + other.digits_->exponent});
}

Result<Decimal> Decimal::divided_by(const Decimal& other) const {
  if (other.digits_->value == 0) return fail(Code::kInvalid, "decimal division by 0");
  int shift = digits_->exponent - other.digits_->exponent + kPlaces;
  cpp_int a = digits_->value, b = other.digits_->value;
  if (shift < 0) b *= power_of_ten(-shift);
  else a *= power_of_ten(shift);
  cpp_int quotient, remainder;
  boost::multiprecision::divide_qr(a, b, quotient, remainder);
  if (2 * abs(remainder) >= abs(b)) quotient += a.sign() * b.sign() < 0 ? -1 : 1;
  return Decimal({quotient, -kPlaces});
}

double Decimal::to_double() const {
  std::string text = digits_->value.str() + "e" + std::to_string(digits_->exponent);
  double out = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
  // What is too large is infinite, what is too small 0.
  return error == std::errc() ? out : std::strtod(text.c_str(), nullptr);
}

}  // namespace taut::gotmpl
