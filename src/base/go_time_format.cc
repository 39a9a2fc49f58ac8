#include <fmt/format.h>

#include <algorithm>

#include "base/go_time.hh"
#include "base/go_time_layout.hh"

namespace taut {

using go_time::Chunk;
using go_time::Civil;
using go_time::Element;

namespace {

// A ZonedTime as clocks and calendars show it.
struct Shown {
  Civil date;
  int hour, minute, second, week_day;
};

Shown show(const ZonedTime& time) {
  constexpr int64_t kDay = 86'400;
  int64_t local = time.seconds + time.offset;
  int64_t days = local / kDay - (local % kDay < 0 ? 1 : 0);
  int rest = static_cast<int>(local - days * kDay);
  int64_t week_day = (days + 4) % 7;
  return {go_time::civil_from_days(days), rest / 3600, rest / 60 % 60, rest % 60,
          static_cast<int>(week_day < 0 ? week_day + 7 : week_day)};
}

void append_offset(const ZonedTime& time, const go_time::OffsetForm& form, std::string& out) {
  if (time.offset == 0 && form.z_for_utc) {
    out += 'Z';
    return;
  }
  int minutes = time.offset / 60;
  out += minutes < 0 ? '-' : '+';
  minutes = std::abs(minutes);
  out += fmt::format("{:02}", minutes / 60);
  if (form.parts > 1) out += fmt::format("{}{:02}", form.colons ? ":" : "", minutes % 60);
  if (form.parts > 2) out += fmt::format("{}{:02}", form.colons ? ":" : "", std::abs(time.offset) % 60);
}

void append_fraction(const ZonedTime& time, const Chunk& chunk, std::string& out) {
  bool trim = chunk.element == Element::kFractionNines;
  if (trim && time.nanoseconds == 0) return;
  std::string digits = fmt::format("{:09}", time.nanoseconds);
  digits.resize(static_cast<size_t>(std::min(chunk.digits, 9)));
  while (trim && !digits.empty() && digits.back() == '0') digits.pop_back();
  if (!trim || !digits.empty()) out += chunk.separator + digits;
}

void append_date(const Shown& shown, Element element, std::string& out) {
  const Civil& date = shown.date;
  std::string_view month = go_time::kMonths[static_cast<size_t>(date.month - 1)];
  std::string_view week_day = go_time::kWeekDays[static_cast<size_t>(shown.week_day)];
  auto append = std::back_inserter(out);
  switch (element) {
    case Element::kYear: fmt::format_to(append, "{:02}", std::abs(date.year) % 100); break;
    case Element::kLongYear:
      fmt::format_to(append, "{}{:04}", date.year < 0 ? "-" : "", std::abs(date.year));
      break;
    case Element::kLongMonth: out += month; break;
    case Element::kMonth: out += month.substr(0, 3); break;
    case Element::kNumMonth: fmt::format_to(append, "{}", date.month); break;
    case Element::kZeroMonth: fmt::format_to(append, "{:02}", date.month); break;
    case Element::kLongWeekDay: out += week_day; break;
    case Element::kWeekDay: out += week_day.substr(0, 3); break;
    case Element::kDay: fmt::format_to(append, "{}", date.day); break;
    case Element::kUnderDay: fmt::format_to(append, "{:2}", date.day); break;
    case Element::kZeroDay: fmt::format_to(append, "{:02}", date.day); break;
    case Element::kUnderYearDay: fmt::format_to(append, "{:3}", go_time::day_of_year(date)); break;
    case Element::kZeroYearDay: fmt::format_to(append, "{:03}", go_time::day_of_year(date)); break;
    default: break;
  }
}

void append_clock(const Shown& shown, Element element, std::string& out) {
  int twelve = shown.hour % 12 == 0 ? 12 : shown.hour % 12;
  auto append = std::back_inserter(out);
  switch (element) {
    case Element::kHour: fmt::format_to(append, "{:02}", shown.hour); break;
    case Element::kHour12: fmt::format_to(append, "{}", twelve); break;
    case Element::kZeroHour12: fmt::format_to(append, "{:02}", twelve); break;
    case Element::kMinute: fmt::format_to(append, "{}", shown.minute); break;
    case Element::kZeroMinute: fmt::format_to(append, "{:02}", shown.minute); break;
    case Element::kSecond: fmt::format_to(append, "{}", shown.second); break;
    case Element::kZeroSecond: fmt::format_to(append, "{:02}", shown.second); break;
    case Element::kUpperPm: out += shown.hour >= 12 ? "PM" : "AM"; break;
    case Element::kLowerPm: out += shown.hour >= 12 ? "pm" : "am"; break;
    default: break;
  }
}

}  // namespace

ZonedTime in_zone(int64_t seconds, int32_t nanoseconds, const TimeZone& zone) {
  // Zones are known as far as nanoseconds reach; before and after, they are as at the ends.
  constexpr int64_t kFirst = Time::min().time_since_epoch() / std::chrono::seconds(1) + 1;
  constexpr int64_t kLast = Time::max().time_since_epoch() / std::chrono::seconds(1) - 1;
  auto moment = zone.at(Time(std::chrono::seconds(std::clamp(seconds, kFirst, kLast))));
  return {seconds, nanoseconds, static_cast<int32_t>(moment.offset.count()), moment.abbreviation};
}

std::string format_go_time(const ZonedTime& time, std::string_view layout) {
  Shown shown = show(time);
  std::string out;
  while (!layout.empty()) {
    Chunk chunk = go_time::next_chunk(layout);
    out += chunk.prefix;
    layout = chunk.rest;
    switch (chunk.element) {
      case Element::kNone: return out;
      case Element::kOffset: append_offset(time, chunk.offset, out); break;
      case Element::kFractionZeros:
      case Element::kFractionNines: append_fraction(time, chunk, out); break;
      case Element::kZoneName:
        if (time.zone.empty()) append_offset(time, {}, out);
        else out += time.zone;
        break;
      default:
        append_date(shown, chunk.element, out);
        append_clock(shown, chunk.element, out);
    }
  }
  return out;
}

}  // namespace taut
