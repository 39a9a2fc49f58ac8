#include "base/time.hh"

#include <fmt/format.h>

#include <array>
#include <cmath>
#include <utility>

namespace taut {
namespace {

using std::chrono::days;
using std::chrono::floor;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

std::string format_date_time(Time time) {
  auto day = floor<days>(time);
  std::chrono::year_month_day date(day);
  std::chrono::hh_mm_ss<seconds> clock(floor<seconds>(time - day));
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}", static_cast<int>(date.year()),
                     static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                     clock.hours().count(), clock.minutes().count(), clock.seconds().count());
}

// Reads exactly `width` digits.
bool read_digits(std::string_view& text, int width, int& out) {
  if (text.size() < static_cast<size_t>(width)) return false;
  out = 0;
  for (int i = 0; i < width; ++i) {
    if (text[i] < '0' || text[i] > '9') return false;
    out = out * 10 + (text[i] - '0');
  }
  text.remove_prefix(width);
  return true;
}

bool read_char(std::string_view& text, char c) {
  if (text.empty() || text[0] != c) return false;
  text.remove_prefix(1);
  return true;
}

bool read_fraction(std::string_view& text, Duration& out) {
  out = Duration(0);
  if (!read_char(text, '.')) return true;
  int64_t unit = 100'000'000;
  size_t digits = 0;
  while (digits < text.size() && text[digits] >= '0' && text[digits] <= '9') {
    out += Duration((text[digits] - '0') * unit);
    unit /= 10;
    ++digits;
  }
  text.remove_prefix(digits);
  return digits > 0;
}

bool read_offset(std::string_view& text, minutes& out) {
  out = minutes(0);
  if (read_char(text, 'Z') || read_char(text, 'z')) return true;
  bool minus = !text.empty() && text[0] == '-';
  if (!minus && (text.empty() || text[0] != '+')) return false;
  text.remove_prefix(1);
  int h = 0, m = 0;
  if (!read_digits(text, 2, h) || !read_char(text, ':') || !read_digits(text, 2, m)) return false;
  out = (minus ? -1 : 1) * (hours(h) + minutes(m));
  return h < 24 && m < 60;
}

}  // namespace

std::string format_rfc3339(Time time) { return format_date_time(time) + 'Z'; }

std::string format_rfc3339_micro(Time time) {
  auto part = time - floor<seconds>(time);
  return fmt::format("{}.{:06}Z", format_date_time(time), part.count() / 1000);
}

std::optional<Time> parse_rfc3339(std::string_view text) {
  int year = 0, month = 0, day = 0, h = 0, m = 0, s = 0;
  bool date = read_digits(text, 4, year) && read_char(text, '-') && read_digits(text, 2, month) &&
              read_char(text, '-') && read_digits(text, 2, day);
  if (!date || !(read_char(text, 'T') || read_char(text, 't'))) return std::nullopt;
  bool clock = read_digits(text, 2, h) && read_char(text, ':') && read_digits(text, 2, m) &&
               read_char(text, ':') && read_digits(text, 2, s);
  Duration fraction{};
  minutes offset{};
  if (!clock || !read_fraction(text, fraction) || !read_offset(text, offset) || !text.empty())
    return std::nullopt;
  std::chrono::year_month_day ymd{std::chrono::year(year), std::chrono::month(month),
                                  std::chrono::day(day)};
  if (!ymd.ok() || h > 23 || m > 59 || s > 59) return std::nullopt;
  if (year > 2261) return Time::max();
  if (year < 1678) return Time::min();
  return Time(std::chrono::sys_days(ymd)) + hours(h) + minutes(m) + seconds(s) + fraction - offset;
}

namespace {

struct Unit {
  std::string_view name;
  double nanoseconds;
};
// Longer names first, so that "ms" is not read as "m".
constexpr std::array kUnits{Unit{"ns", 1},     Unit{"us", 1e3}, Unit{"µs", 1e3}, Unit{"μs", 1e3},
                            Unit{"ms", 1e6},   Unit{"s", 1e9},  Unit{"m", 60e9}, Unit{"h", 3600e9}};

std::optional<double> read_unit(std::string_view& text) {
  for (const auto& unit : kUnits) {
    if (!text.starts_with(unit.name)) continue;
    text.remove_prefix(unit.name.size());
    return unit.nanoseconds;
  }
  return std::nullopt;
}

}  // namespace

std::optional<Duration> parse_go_duration(std::string_view text) {
  bool minus = !text.empty() && text[0] == '-';
  if (minus || (!text.empty() && text[0] == '+')) text.remove_prefix(1);
  if (text == "0") return Duration(0);
  if (text.empty()) return std::nullopt;
  long double total = 0;
  while (!text.empty()) {
    long double number = 0, scale = 1;
    size_t i = 0;
    bool point = false, digit = false;
    for (; i < text.size(); ++i) {
      if (text[i] == '.' && !point) {
        point = true;
      } else if (text[i] >= '0' && text[i] <= '9') {
        number = number * 10 + (text[i] - '0');
        if (point) scale *= 10;
        digit = true;
      } else {
        break;
      }
    }
    text.remove_prefix(i);
    auto unit = read_unit(text);
    if (!digit || !unit) return std::nullopt;
    total += number / scale * *unit;
  }
  if (total > 9.2233720368e18L) return std::nullopt;
  return Duration(static_cast<int64_t>(minus ? -total : total));
}

std::string format_go_duration(Duration duration) {
  int64_t n = duration.count();
  if (n == 0) return "0s";
  std::string out = n < 0 ? "-" : "";
  uint64_t u = n < 0 ? -static_cast<uint64_t>(n) : static_cast<uint64_t>(n);
  auto decimal = [](uint64_t value, uint64_t unit) {
    std::string text = std::to_string(value / unit);
    uint64_t rest = value % unit;
    if (rest == 0) return text;
    std::string fraction = std::to_string(unit + rest).substr(1);
    return text + '.' + fraction.substr(0, fraction.find_last_not_of('0') + 1);
  };
  if (u < 1'000) return out + std::to_string(u) + "ns";
  if (u < 1'000'000) return out + decimal(u, 1'000) + "µs";
  if (u < 1'000'000'000) return out + decimal(u, 1'000'000) + "ms";
  uint64_t whole_minutes = u / 60'000'000'000;
  if (whole_minutes >= 60) out += std::to_string(whole_minutes / 60) + 'h';
  if (whole_minutes > 0) out += std::to_string(whole_minutes % 60) + 'm';
  return out + decimal(u % 60'000'000'000, 1'000'000'000) + 's';
}

}  // namespace taut
