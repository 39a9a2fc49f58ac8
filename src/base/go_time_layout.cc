#include "base/go_time_layout.hh"

namespace taut::go_time {

namespace {

struct Row {
  std::string_view text;
  Element element;
  OffsetForm offset = {};
};

constexpr OffsetForm offset_form(bool z, bool colons, uint8_t parts) { return {z, colons, parts}; }

// Longer texts come before their beginnings.
constexpr Row kRows[] = {
    {"January", Element::kLongMonth},
    {"Jan", Element::kMonth},
    {"Monday", Element::kLongWeekDay},
    {"Mon", Element::kWeekDay},
    {"MST", Element::kZoneName},
    {"01", Element::kZeroMonth},
    {"02", Element::kZeroDay},
    {"03", Element::kZeroHour12},
    {"04", Element::kZeroMinute},
    {"05", Element::kZeroSecond},
    {"06", Element::kYear},
    {"002", Element::kZeroYearDay},
    {"15", Element::kHour},
    {"1", Element::kNumMonth},
    {"2006", Element::kLongYear},
    {"2", Element::kDay},
    {"_2", Element::kUnderDay},
    {"__2", Element::kUnderYearDay},
    {"3", Element::kHour12},
    {"4", Element::kMinute},
    {"5", Element::kSecond},
    {"PM", Element::kUpperPm},
    {"pm", Element::kLowerPm},
    {"-070000", Element::kOffset, offset_form(false, false, 3)},
    {"-07:00:00", Element::kOffset, offset_form(false, true, 3)},
    {"-0700", Element::kOffset, offset_form(false, false, 2)},
    {"-07:00", Element::kOffset, offset_form(false, true, 2)},
    {"-07", Element::kOffset, offset_form(false, false, 1)},
    {"Z070000", Element::kOffset, offset_form(true, false, 3)},
    {"Z07:00:00", Element::kOffset, offset_form(true, true, 3)},
    {"Z0700", Element::kOffset, offset_form(true, false, 2)},
    {"Z07:00", Element::kOffset, offset_form(true, true, 2)},
    {"Z07", Element::kOffset, offset_form(true, false, 1)},
};

// "Month" is no "Mon", "Janet" no "Jan".
bool ends_in_word(Element element, std::string_view rest) {
  return (element == Element::kMonth || element == Element::kWeekDay) && !rest.empty() && rest[0] >= 'a' &&
         rest[0] <= 'z';
}

bool match_fraction(std::string_view at, Chunk& out) {
  if (at.size() < 2 || (at[0] != '.' && at[0] != ',') || (at[1] != '0' && at[1] != '9')) return false;
  size_t end = at.find_first_not_of(at[1], 1);
  if (end == std::string_view::npos) end = at.size();
  if (end < at.size() && at[end] >= '0' && at[end] <= '9') return false;
  out.element = at[1] == '0' ? Element::kFractionZeros : Element::kFractionNines;
  out.digits = static_cast<int>(end - 1);
  out.separator = at[0];
  out.text = at.substr(0, end);
  return true;
}

bool match(std::string_view at, Chunk& out) {
  if (match_fraction(at, out)) return true;
  for (const Row& row : kRows) {
    if (!at.starts_with(row.text) || ends_in_word(row.element, at.substr(row.text.size()))) continue;
    // "_2006" is "_" and a year.
    if (row.element == Element::kUnderDay && at.substr(1).starts_with("2006")) return false;
    out.element = row.element;
    out.offset = row.offset;
    out.text = row.text;
    return true;
  }
  return false;
}

}  // namespace

Chunk next_chunk(std::string_view layout) {
  Chunk out;
  for (size_t i = 0; i < layout.size(); ++i) {
    if (!match(layout.substr(i), out)) continue;
    out.prefix = layout.substr(0, i);
    out.rest = layout.substr(i + out.text.size());
    return out;
  }
  out.prefix = layout;
  return out;
}

bool is_leap(int64_t year) { return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0); }

int days_in_month(int64_t year, int month) {
  constexpr int kDays[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  return kDays[month - 1] + (month == 2 && is_leap(year) ? 1 : 0);
}

int day_of_year(const Civil& civil) {
  int days = civil.day;
  for (int month = 1; month < civil.month; ++month) days += days_in_month(civil.year, month);
  return days;
}

// Years begin in March here, so that the leap day is the last; eras have 400 years.
int64_t days_from_civil(const Civil& civil) {
  int64_t year = civil.month <= 2 ? civil.year - 1 : civil.year;
  int64_t era = (year >= 0 ? year : year - 399) / 400;
  int64_t year_of_era = year - era * 400;
  int64_t month = (civil.month + 9) % 12;
  int64_t day = (153 * month + 2) / 5 + civil.day - 1;
  return era * 146'097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day - 719'468;
}

Civil civil_from_days(int64_t days) {
  days += 719'468;
  int64_t era = (days >= 0 ? days : days - 146'096) / 146'097;
  int64_t day_of_era = days - era * 146'097;
  int64_t year = (day_of_era - day_of_era / 1'460 + day_of_era / 36'524 - day_of_era / 146'096) / 365;
  int64_t day = day_of_era - (365 * year + year / 4 - year / 100);
  int64_t month = (5 * day + 2) / 153;
  Civil out;
  out.day = static_cast<int>(day - (153 * month + 2) / 5 + 1);
  out.month = static_cast<int>(month < 10 ? month + 3 : month - 9);
  out.year = year + era * 400 + (out.month <= 2 ? 1 : 0);
  return out;
}

}  // namespace taut::go_time
