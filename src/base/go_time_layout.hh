// The elements of Go's time layouts, for go_time_format.cc and go_time_parse.cc.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace taut::go_time {

enum class Element : uint8_t {
  kNone,
  kLongMonth, kMonth, kNumMonth, kZeroMonth,
  kLongWeekDay, kWeekDay,
  kDay, kUnderDay, kZeroDay, kUnderYearDay, kZeroYearDay,
  kHour, kHour12, kZeroHour12, kMinute, kZeroMinute, kSecond, kZeroSecond,
  kLongYear, kYear, kUpperPm, kLowerPm, kZoneName,
  kOffset,           // "-0700" and its kin
  kFractionZeros,    // ".000"
  kFractionNines,    // ".999": trailing zeros are left away
};

// How an offset is written.
struct OffsetForm {
  bool z_for_utc = false;
  bool colons = false;
  uint8_t parts = 2;  // hours, minutes, seconds
};

struct Chunk {
  std::string_view prefix;  // literal text before the element
  std::string_view text;    // the element as the layout has it
  std::string_view rest;
  Element element = Element::kNone;
  OffsetForm offset;
  int digits = 0;        // of a fraction
  char separator = '.';  // of a fraction
};

// The first element of a layout; kNone with all of it as prefix when there is none.
Chunk next_chunk(std::string_view layout);

inline constexpr std::array<std::string_view, 12> kMonths = {
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December"};
inline constexpr std::array<std::string_view, 7> kWeekDays = {
    "Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"};

struct Civil {
  int64_t year = 1;
  int month = 1, day = 1;
};

// Days since 1970-01-01 in the Gregorian calendar without end, and back.
int64_t days_from_civil(const Civil& civil);
Civil civil_from_days(int64_t days);
bool is_leap(int64_t year);
int days_in_month(int64_t year, int month);
int day_of_year(const Civil& civil);  // from 1

}  // namespace taut::go_time
