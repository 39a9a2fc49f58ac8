#include "sandbox/kinds/cron.hh"

#include <array>
#include <charconv>

#include "base/strings.hh"

namespace taut::sandbox::kinds {
namespace {

struct Bounds {
  int low, high;
  std::string_view names;  // "jan feb ...": the first is `low`
};

constexpr Bounds kMinute{0, 59, ""}, kHour{0, 23, ""}, kDay{1, 31, ""};
constexpr Bounds kMonth{1, 12, "jan feb mar apr may jun jul aug sep oct nov dec"};
constexpr Bounds kWeekday{0, 6, "sun mon tue wed thu fri sat"};

constexpr std::array<std::pair<std::string_view, std::string_view>, 7> kDescriptors{{{"@yearly", "0 0 1 1 *"},
                                                                                     {"@annually", "0 0 1 1 *"},
                                                                                     {"@monthly", "0 0 1 * *"},
                                                                                     {"@weekly", "0 0 * * 0"},
                                                                                     {"@daily", "0 0 * * *"},
                                                                                     {"@midnight", "0 0 * * *"},
                                                                                     {"@hourly", "0 * * * *"}}};

std::vector<std::string_view> words_of(std::string_view text) {
  std::vector<std::string_view> out;
  for (std::string_view word : split(text, ' ')) {
    if (!trim(word).empty()) out.push_back(trim(word));
  }
  return out;
}

Result<int> number(std::string_view text, const Bounds& bounds) {
  int at = bounds.low;
  for (std::string_view name : words_of(bounds.names)) {
    if (to_lower(text) == name) return at;
    ++at;
  }
  int out = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
  if (error != std::errc() || end != text.data() + text.size()) {
    return fail(Code::kInvalid, "failed to parse int from {0}: strconv.Atoi: parsing {1}: invalid syntax", text, quote(text));
  }
  return out;
}

// One piece of a field: "*", "5", "1-5", "*/10", "2-30/4".
Status add_range(std::string_view text, const Bounds& bounds, std::bitset<64>& bits, bool& any) {
  const auto slash = split(text, '/');
  const auto dash = split(slash[0], '-');
  if (slash.size() > 2) return fail(Code::kInvalid, "too many slashes: {}", text);
  if (dash.size() > 2) return fail(Code::kInvalid, "too many hyphens: {}", text);
  int low = bounds.low, high = bounds.high, step = 1;
  const bool star = dash[0] == "*" || dash[0] == "?";
  if (!star) {
    TAUT_ASSIGN(low, number(dash[0], bounds));
    high = low;
    if (dash.size() == 2) TAUT_TRY(number(dash[1], bounds).map([&](int value) { high = value; }));
  }
  if (slash.size() == 2) {
    TAUT_ASSIGN(step, number(slash[1], Bounds{0, 59, ""}));
    if (!star && dash.size() == 1) high = bounds.high;
  }
  if (star && step == 1) any = true;
  if (low < bounds.low) return fail(Code::kInvalid, "beginning of range ({}) below minimum ({}): {}", low, bounds.low, text);
  if (high > bounds.high) return fail(Code::kInvalid, "end of range ({}) above maximum ({}): {}", high, bounds.high, text);
  if (low > high) return fail(Code::kInvalid, "beginning of range ({}) beyond end of range ({}): {}", low, high, text);
  if (step == 0) return fail(Code::kInvalid, "step of range should be a positive number: {}", text);
  for (int i = low; i <= high; i += step) bits.set(static_cast<size_t>(i));
  return {};
}

Result<std::bitset<64>> field(std::string_view text, const Bounds& bounds, bool& any) {
  std::bitset<64> bits;
  for (std::string_view piece : split(text, ',')) TAUT_TRY(add_range(piece, bounds, bits, any));
  return bits;
}

}  // namespace

Result<CronSchedule> CronSchedule::parse(std::string_view text) {
  CronSchedule out;
  if (text.empty()) return fail(Code::kInvalid, "empty spec string");
  if (text.starts_with("@every ")) {
    auto span = parse_go_duration(trim(text.substr(7)));
    if (!span) return fail(Code::kInvalid, "failed to parse duration {}: time: invalid duration {}", text, quote(trim(text.substr(7))));
    out.every_ = std::max<Duration>(*span, std::chrono::seconds(1));
    return out;
  }
  if (text[0] == '@') {
    for (const auto& [name, spec] : kDescriptors) {
      if (text == name) return parse(spec);
    }
    return fail(Code::kInvalid, "unrecognized descriptor: {}", text);
  }
  const auto fields = words_of(text);
  if (fields.size() != 5) {
    return fail(Code::kInvalid, "expected exactly 5 fields, found {}: [{}]", fields.size(), join(fields, " "));
  }
  bool any = false;
  TAUT_ASSIGN(out.minutes_, field(fields[0], kMinute, any));
  TAUT_ASSIGN(out.hours_, field(fields[1], kHour, any));
  TAUT_ASSIGN(out.days_, field(fields[2], kDay, out.any_day_));
  TAUT_ASSIGN(out.months_, field(fields[3], kMonth, any));
  TAUT_ASSIGN(out.weekdays_, field(fields[4], kWeekday, out.any_weekday_));
  return out;
}

// When both are given, either the day of the month or the day of the week may fit.
bool CronSchedule::day_fits(std::chrono::sys_days day) const {
  const std::chrono::year_month_day date(day);
  const bool by_day = days_.test(static_cast<unsigned>(date.day()));
  const bool by_weekday = weekdays_.test(std::chrono::weekday(day).c_encoding());
  return any_day_ || any_weekday_ ? by_day && by_weekday : by_day || by_weekday;
}

std::optional<Time> CronSchedule::next(Time after) const {
  using namespace std::chrono;
  if (every_ > Duration::zero()) return time_point_cast<Duration>(floor<seconds>(after)) + every_;
  const auto start = floor<minutes>(after) + minutes(1);
  const auto first = floor<days>(start);
  for (int i = 0; i < 366 * 5; ++i) {
    const sys_days day = first + days(i);
    const year_month_day date(day);
    if (!months_.test(static_cast<unsigned>(date.month())) || !day_fits(day)) continue;
    for (int minute = 0; minute < 24 * 60; ++minute) {
      const auto at = day + minutes(minute);
      if (at < start || !hours_.test(static_cast<size_t>(minute / 60)) || !minutes_.test(static_cast<size_t>(minute % 60))) continue;
      return time_point_cast<Duration>(at);
    }
  }
  return std::nullopt;
}

}  // namespace taut::sandbox::kinds
