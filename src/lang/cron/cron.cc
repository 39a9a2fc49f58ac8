#include "lang/cron/cron.hh"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <array>
#include <charconv>
#include <span>
#include <string>
#include <vector>

#include "base/strings.hh"

namespace taut::cron {
namespace {

constexpr uint64_t kStar = uint64_t{1} << 63;

struct Bounds {
  unsigned min, max;
  std::span<const std::string_view> names;  // the first is that of `first_name`
  unsigned first_name = 0;
};

constexpr std::array<std::string_view, 12> kMonths = {"jan", "feb", "mar", "apr", "may", "jun",
                                                      "jul", "aug", "sep", "oct", "nov", "dec"};
constexpr std::array<std::string_view, 7> kDays = {"sun", "mon", "tue", "wed", "thu", "fri", "sat"};

constexpr std::array<Bounds, 5> kFields = {Bounds{0, 59, {}}, Bounds{0, 23, {}}, Bounds{1, 31, {}},
                                           Bounds{1, 12, kMonths, 1}, Bounds{0, 6, kDays, 0}};

std::vector<std::string_view> words(std::string_view text) {
  std::vector<std::string_view> found;
  for (size_t at = 0; (at = text.find_first_not_of(" \t\n\v\f\r", at)) != std::string_view::npos;) {
    size_t end = std::min(text.find_first_of(" \t\n\v\f\r", at), text.size());
    found.push_back(text.substr(at, end - at));
    at = end;
  }
  return found;
}

// Go's strconv.Atoi and its two complaints, then no negative ones.
Result<unsigned> number(std::string_view text) {
  int64_t value = 0;
  std::string_view digits = text.starts_with('+') ? text.substr(1) : text;
  auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  bool whole = end == digits.data() + digits.size() && !(text.starts_with('+') && digits.starts_with('-'));
  if (error == std::errc::result_out_of_range && whole)
    return fail(Code::kInvalid, "failed to parse int from {}: strconv.Atoi: parsing \"{}\": value out of range", text, text);
  if (error != std::errc() || !whole)
    return fail(Code::kInvalid, "failed to parse int from {}: strconv.Atoi: parsing \"{}\": invalid syntax", text, text);
  if (value < 0) return fail(Code::kInvalid, "negative number ({}) not allowed: {}", value, text);
  return static_cast<unsigned>(std::min<int64_t>(value, 1'000'000));
}

Result<unsigned> number_or_name(std::string_view text, const Bounds& bounds) {
  std::string lower = to_lower(text);
  for (unsigned i = 0; i < bounds.names.size(); ++i)
    if (lower == bounds.names[i]) return i + bounds.first_name;
  return number(text);
}

struct Span {
  unsigned start, end;
  bool any = false, single = false;
};

Result<Span> read_span(std::string_view text, std::string_view expression, const Bounds& bounds) {
  auto ends = split(text, '-');
  if (ends[0] == "*" || ends[0] == "?") return Span{bounds.min, bounds.max, true, ends.size() == 1};
  TAUT_ASSIGN(unsigned start, number_or_name(ends[0], bounds));
  if (ends.size() == 1) return Span{start, start, false, true};
  if (ends.size() > 2) return fail(Code::kInvalid, "too many hyphens: {}", expression);
  TAUT_ASSIGN(unsigned end, number_or_name(ends[1], bounds));
  return Span{start, end};
}

// number | number "-" number [ "/" step ]
Result<uint64_t> read_range(std::string_view expression, const Bounds& bounds) {
  auto parts = split(expression, '/');
  TAUT_ASSIGN(Span span, read_span(parts[0], expression, bounds));
  if (parts.size() > 2) return fail(Code::kInvalid, "too many slashes: {}", expression);
  unsigned step = 1;
  if (parts.size() == 2) {
    TAUT_ASSIGN(step, number(parts[1]));
    if (span.single) span.end = bounds.max;  // "N/step" goes on to the end
  }
  auto [start, end, any, single] = span;
  if (start < bounds.min)
    return fail(Code::kInvalid, "beginning of range ({}) below minimum ({}): {}", start, bounds.min, expression);
  if (end > bounds.max)
    return fail(Code::kInvalid, "end of range ({}) above maximum ({}): {}", end, bounds.max, expression);
  if (start > end)
    return fail(Code::kInvalid, "beginning of range ({}) beyond end of range ({}): {}", start, end, expression);
  if (step == 0) return fail(Code::kInvalid, "step of range should be a positive number: {}", expression);
  uint64_t bits = any && step == 1 ? kStar : 0;
  for (unsigned i = start; i <= end; i += step) bits |= uint64_t{1} << i;
  return bits;
}

Result<uint64_t> read_field(std::string_view text, const Bounds& bounds) {
  uint64_t bits = 0;
  for (std::string_view range : split(text, ',')) {
    if (range.empty()) continue;
    TAUT_ASSIGN(uint64_t more, read_range(range, bounds));
    bits |= more;
  }
  return bits;
}

bool has(uint64_t bits, unsigned value) { return bits >> value & 1; }

}  // namespace

Result<Schedule> Schedule::parse(std::string_view text) {
  Schedule schedule;
  if (text.empty()) return fail(Code::kInvalid, "empty spec string");
  if (text.starts_with("TZ=") || text.starts_with("CRON_TZ=")) {
    size_t from = text.find('=') + 1, space = std::min(text.find(' '), text.size());
    std::string_view name = text.substr(from, space - from);
    auto zone = TimeZone::load(name);
    if (!zone) return fail(Code::kInvalid, "provided bad location {}: {}", name, zone.error().message());
    schedule.zone_ = *zone;
    text = trim(text.substr(space));
  }
  if (text.starts_with('@')) return fail(Code::kInvalid, "parser does not accept descriptors: {}", text);
  auto fields = words(text);
  if (fields.size() != kFields.size())
    return fail(Code::kInvalid, "expected exactly {} fields, found {}: [{}]", kFields.size(), fields.size(),
                fmt::join(fields, " "));
  std::array<uint64_t*, 5> places = {&schedule.minute_, &schedule.hour_, &schedule.day_, &schedule.month_, &schedule.weekday_};
  for (size_t i = 0; i < fields.size(); ++i) {
    TAUT_ASSIGN(*places[i], read_field(fields[i], kFields[i]));
  }
  return schedule;
}

std::optional<Time> Schedule::next(Time after) const {
  using namespace std::chrono;
  Time time = floor<seconds>(after) + seconds(1);
  if (auto part = time.time_since_epoch() % minutes(1); part != Duration(0)) time += minutes(1) - part;
  const Time limit = after + days(5 * 366);
  while (time <= limit) {
    LocalTime local = zone_.to_local(time);
    auto day = floor<days>(local);
    year_month_day date(day);
    if (!has(month_, unsigned(date.month()))) {
      auto first = local_days((date.year() / date.month() / 1) + months(1));
      time = zone_.from_local(LocalTime(first.time_since_epoch()));
      continue;
    }
    bool on_day = has(day_, unsigned(date.day())), on_weekday = has(weekday_, weekday(day).c_encoding());
    bool both = (day_ | weekday_) & kStar;  // one of them is free: the other alone decides
    if (both ? !(on_day && on_weekday) : !(on_day || on_weekday)) {
      time = zone_.from_local(LocalTime((day + days(1)).time_since_epoch()));
      continue;
    }
    auto clock = hh_mm_ss(local - day);
    if (!has(hour_, unsigned(clock.hours().count()))) {
      time += hours(1) - clock.minutes() - clock.seconds();
      continue;
    }
    if (has(minute_, unsigned(clock.minutes().count()))) return time;
    time += minutes(1);
  }
  return std::nullopt;
}

}  // namespace taut::cron
