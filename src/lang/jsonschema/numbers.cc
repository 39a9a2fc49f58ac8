#include "lang/jsonschema/numbers.hh"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
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

bool spells(const std::string& text, double number) {
  if (text.empty() || text.find_first_not_of("+-.0123456789eE") != std::string::npos) return false;
  char* end = nullptr;
  const double read = std::strtod(text.c_str(), &end);
  return *end == '\0' && read == number;
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

bool equals(const Value& value, const Value& wanted) {
  if (value == wanted) return true;
  if (value.is_number()) return wanted.is_string() && spells(wanted.str(), value.as_double());
  if (value.size() != wanted.size()) return false;
  if (value.is_list() && wanted.is_list()) {
    return std::equal(value.items().begin(), value.items().end(), wanted.items().begin(), equals);
  }
  if (!value.is_map() || !wanted.is_map()) return false;
  return std::equal(value.entries().begin(), value.entries().end(), wanted.entries().begin(),
                    [](const Entry& a, const Entry& b) { return a.key() == b.key() && equals(a.value, b.value); });
}

std::optional<std::pair<size_t, size_t>> equal_items(const Value& list) {
  constexpr size_t kComparedOneByOne = 20;  // more than that the library looks up by their hash
  if (list.size() <= kComparedOneByOne) {
    for (size_t i = 1; i < list.size(); ++i) {
      for (size_t j = 0; j < i; ++j) {
        if (equals(list[i], list[j])) return std::pair(j, i);
      }
    }
    return std::nullopt;
  }
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
