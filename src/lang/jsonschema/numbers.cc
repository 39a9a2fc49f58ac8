#include "lang/jsonschema/numbers.hh"

#include <fmt/format.h>

#include <cmath>
#include <string>
#include <unordered_map>

namespace taut::jsonschema {

namespace {

// The shortest decimal form as digits and an exponent of ten.
struct Decimal {
  __int128 digits = 0;
  int exponent = 0;
};

Decimal decimal(double number) {
  Decimal out;
  std::string text = fmt::format("{}", std::abs(number));
  const size_t e = text.find('e');
  if (e != std::string::npos) out.exponent = std::atoi(text.c_str() + e + 1);
  bool behind_point = false;
  for (char c : text.substr(0, e)) {
    if (c == '.') {
      behind_point = true;
    } else {
      out.digits = out.digits * 10 + (c - '0');
      out.exponent -= behind_point;
    }
  }
  return out;
}

}  // namespace

bool is_whole(double number) { return std::isfinite(number) && std::floor(number) == number; }

bool is_multiple(double number, double of) {
  if (of == 0) return true;
  Decimal a = decimal(number), b = decimal(of);
  int shift = a.exponent - b.exponent;
  if (shift > 18 || shift < -18) return std::fmod(number, of) == 0;
  for (; shift > 0; --shift) a.digits *= 10;
  for (; shift < 0; ++shift) b.digits *= 10;
  return a.digits % b.digits == 0;
}

std::optional<std::pair<size_t, size_t>> equal_items(const Value& list) {
  std::unordered_multimap<uint64_t, size_t> seen;
  for (size_t i = 0; i < list.size(); ++i) {
    const uint64_t hash = list[i].hash();
    std::optional<size_t> first;
    auto [begin, end] = seen.equal_range(hash);
    for (auto it = begin; it != end; ++it) {
      if (list[it->second] == list[i] && (!first || it->second < *first)) first = it->second;
    }
    if (first) return std::pair(*first, i);
    seen.emplace(hash, i);
  }
  return std::nullopt;
}

}  // namespace taut::jsonschema
