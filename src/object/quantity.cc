#include "object/quantity.hh"

#include <array>
#include <charconv>
#include <optional>

namespace taut {
namespace {

using Wide = __int128;
constexpr Wide kNano = 1'000'000'000;
constexpr Wide kMaxWhole = INT64_MAX;

struct Suffix {
  std::string_view text;
  int base;
  int exponent;
};
constexpr std::array<Suffix, 17> kSuffixes{{{"", 10, 0},    {"n", 10, -9},  {"u", 10, -6},  {"m", 10, -3}, {"k", 10, 3},
                                            {"M", 10, 6},   {"G", 10, 9},   {"T", 10, 12},  {"P", 10, 15}, {"E", 10, 18},
                                            {"Ki", 2, 10},  {"Mi", 2, 20},  {"Gi", 2, 30},  {"Ti", 2, 40}, {"Pi", 2, 50},
                                            {"Ei", 2, 60},  {"", 2, 0}}};

struct Parts {
  bool positive = true;
  std::string_view whole = "0";  // without leading zeros
  std::string_view fraction;
  int base = 10;
  int exponent = 0;
  Quantity::Format format = Quantity::Format::kDecimal;
};

Failure wrong_format() {
  return fail(Code::kInvalid, "quantities must match the regular expression "
                              "'^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'");
}

size_t digits(std::string_view text, size_t at) {
  while (at < text.size() && text[at] >= '0' && text[at] <= '9') ++at;
  return at;
}

Status read_suffix(std::string_view suffix, Parts& parts) {
  for (const Suffix& known : kSuffixes) {
    if (known.text != suffix) continue;
    parts.base = known.base;
    parts.exponent = known.exponent;
    parts.format = known.base == 2 ? Quantity::Format::kBinary : Quantity::Format::kDecimal;
    return {};
  }
  if (suffix.size() > 1 && (suffix[0] == 'e' || suffix[0] == 'E')) {
    std::string_view number = suffix.substr(suffix[1] == '+' ? 2 : 1);
    auto [end, error] = std::from_chars(number.data(), number.data() + number.size(), parts.exponent);
    if (error == std::errc() && end == number.data() + number.size()) {
      parts.format = Quantity::Format::kExponent;
      return {};
    }
  }
  return fail(Code::kInvalid, "unable to parse quantity's suffix");
}

Result<Parts> read_parts(std::string_view text) {
  Parts parts;
  if (text.empty()) return wrong_format();
  size_t at = text[0] == '-' || text[0] == '+' ? 1 : 0;
  parts.positive = text[0] != '-';
  while (at < text.size() && text[at] == '0') ++at;
  size_t end = digits(text, at);
  if (end > at) parts.whole = text.substr(at, end - at);
  at = end;
  if (at < text.size() && text[at] == '.') {
    end = digits(text, at + 1);
    parts.fraction = text.substr(at + 1, end - at - 1);
    at = end;
  }
  std::string_view suffix = text.substr(at);
  // The real parser takes the longest run of these letters, then a sign and digits; anything left is malformed.
  size_t letters = suffix.find_first_not_of("eEinumkKMGTP");
  if (letters != suffix.npos) {
    size_t tail = letters;
    if (suffix[tail] == '-' || suffix[tail] == '+') ++tail;
    if (digits(suffix, tail) != suffix.size()) return wrong_format();
  }
  TAUT_TRY(read_suffix(suffix, parts));
  return parts;
}

std::optional<Wide> number_of(std::string_view whole, std::string_view fraction) {
  Wide value = 0;
  for (std::string_view piece : {whole, fraction}) {
    for (char c : piece) {
      if (value > (Wide(1) << 120) / 10) return std::nullopt;
      value = value * 10 + (c - '0');
    }
  }
  return value;
}

// value * 10^power, rounded away from zero; clamped to what an int64 of whole units holds.
Wide scaled(Wide value, int power) {
  const Wide limit = kMaxWhole * kNano;
  for (; power > 0 && value != 0; --power) {
    if (value > limit / 10) return limit;
    value *= 10;
  }
  bool rest = false;
  for (; power < 0 && value != 0; ++power) {
    rest |= value % 10 != 0;
    value /= 10;
  }
  if (power < 0) rest |= value != 0;
  return std::min(value + (rest ? 1 : 0), limit);
}

std::string decimal(Wide value) {
  std::string out;
  bool negative = value < 0;
  if (negative) value = -value;
  do {
    out.insert(out.begin(), static_cast<char>('0' + static_cast<int>(value % 10)));
    value /= 10;
  } while (value != 0);
  return negative ? "-" + out : out;
}

std::string_view suffix_for(int base, int exponent) {
  for (const Suffix& known : kSuffixes) {
    if (known.base == base && known.exponent == exponent) return known.text;
  }
  return {};
}

// Whether apimachinery's fast path keeps the text it was given.
bool kept_as_written(const Parts& parts, Wide unscaled, int scale) {
  const int length = static_cast<int>(parts.whole.size() + parts.fraction.size());
  if (parts.format == Quantity::Format::kBinary) {
    if (!parts.fraction.empty() || 15 - length - static_cast<int>(static_cast<float>(parts.exponent) * 3 / 10) - 1 < 0) return false;
    return unscaled % 8 != 0;
  }
  if (18 - length < 0 || scale < -9) return false;
  std::string shifted = std::string(parts.whole) + std::string(parts.fraction);
  return scale % 3 == 0 && !shifted.ends_with("000") && shifted[0] != '0';
}

}  // namespace

Result<Quantity> Quantity::parse(std::string_view text) {
  TAUT_ASSIGN(Parts parts, read_parts(text));
  auto unscaled = number_of(parts.whole, parts.fraction);
  if (!unscaled) return fail(Code::kInvalid, "unable to parse numeric part of quantity");
  Quantity out;
  out.format_ = parts.format;
  if (parts.base == 2) {
    Wide factor = Wide(1) << parts.exponent;
    Wide limit = kMaxWhole * kNano;
    Wide product = *unscaled > limit / factor ? limit : *unscaled * factor;
    out.nanos_ = scaled(product, 9 - static_cast<int>(parts.fraction.size()));
    if (out.nanos_ < kNano && out.nanos_ > 0) out.format_ = Format::kDecimal;
  } else {
    out.nanos_ = scaled(*unscaled, 9 + parts.exponent - static_cast<int>(parts.fraction.size()));
  }
  if (!parts.positive) out.nanos_ = -out.nanos_;
  return out;
}

Quantity Quantity::of(int64_t whole, Format format) {
  Quantity out;
  out.nanos_ = whole * kNano;
  out.format_ = format;
  return out;
}

std::string Quantity::to_string() const {
  if (nanos_ == 0) return "0";
  const bool small = nanos_ > -1024 * kNano && nanos_ < 1024 * kNano;
  if (format_ == Format::kBinary && !small && nanos_ % kNano == 0) {
    Wide amount = nanos_ / kNano;
    int exponent = 0;
    for (; exponent < 60 && amount % 1024 == 0; exponent += 10) amount /= 1024;
    return decimal(amount) + std::string(suffix_for(2, exponent));
  }
  Wide amount = nanos_;
  int exponent = -9;
  while (exponent < 18 && amount % 1000 == 0) {
    amount /= 1000;
    exponent += 3;
  }
  if (format_ == Format::kExponent) return exponent == 0 ? decimal(amount) : decimal(amount) + "e" + std::to_string(exponent);
  return decimal(amount) + std::string(suffix_for(10, exponent));
}

Quantity Quantity::round_up_to_milli() const {
  Quantity out = *this;
  const Wide milli = kNano / 1000;
  Wide rest = out.nanos_ % milli;
  if (rest > 0) out.nanos_ += milli - rest;
  if (rest < 0) out.nanos_ -= milli + rest;
  return out;
}

double Quantity::as_double() const { return static_cast<double>(nanos_) / 1e9; }

int64_t Quantity::whole_up() const {
  Wide whole = nanos_ / kNano;
  if (nanos_ % kNano > 0) ++whole;
  return static_cast<int64_t>(whole);
}

Quantity Quantity::operator+(const Quantity& other) const {
  Quantity out = *this;
  if (nanos_ == 0) out.format_ = other.format_;
  out.nanos_ += other.nanos_;
  return out;
}

Quantity Quantity::operator-(const Quantity& other) const {
  Quantity out = *this;
  if (nanos_ == 0) out.format_ = other.format_;
  out.nanos_ -= other.nanos_;
  return out;
}

Result<std::string> stored_quantity(std::string_view text, bool resource_list) {
  if (text == "0") return std::string(text);
  TAUT_ASSIGN(Parts parts, read_parts(text));
  TAUT_ASSIGN(Quantity quantity, Quantity::parse(text));
  auto unscaled = number_of(parts.whole, parts.fraction);
  const int scale = parts.base == 2 ? 0 : parts.exponent - static_cast<int>(parts.fraction.size());
  bool keep = kept_as_written(parts, *unscaled, scale);
  if (resource_list && scale < -3) {
    keep = false;
    quantity = quantity.round_up_to_milli();
  }
  return keep ? std::string(text) : quantity.to_string();
}

}  // namespace taut
