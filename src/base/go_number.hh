// Numbers as Go's strconv reads and writes them.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace taut {

enum class NumberFault : uint8_t { kNone, kSyntax, kRange };

struct ParsedInt {
  int64_t value = 0;  // the nearest int64 when out of range
  NumberFault fault = NumberFault::kNone;
  int64_t value_or_zero() const { return fault == NumberFault::kNone ? value : 0; }
};

// strconv.ParseInt(text, base, 64). Base 0 takes the base from the text: 0x1F, 0b1, 0o7, 07, and lets "_" stand between
// digits.
ParsedInt parse_go_int(std::string_view text, int base);

struct ParsedUint {
  uint64_t value = 0;  // the greatest when out of range
  NumberFault fault = NumberFault::kNone;
};

// strconv.ParseUint(text, base, 64): no sign.
ParsedUint parse_go_uint(std::string_view text, int base);

struct ParsedFloat {
  double value = 0;  // infinite when out of range
  NumberFault fault = NumberFault::kNone;
  double value_or_zero() const { return fault == NumberFault::kNone ? value : 0; }
};

// strconv.ParseFloat(text, 64): decimal, "0x1p-2", "inf", "nan", "_" between digits.
ParsedFloat parse_go_float(std::string_view text);

// strconv.FormatFloat(number, format, precision, 64); precision -1 is the shortest that reads back. ('g', -1) is what
// fmt's %v prints.
std::string format_go_float(double number, char format, int precision);

}  // namespace taut
