#include "base/time.hh"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <cmath>
#include <utility>

namespace taut {
namespace {

using std::chrono::days;
using std::chrono::floor;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

// By hand: every object that a server writes has a few of them. Years have four digits, as nanoseconds hold no others.
std::string format_date_time(Time time) {
  auto day = floor<days>(time);
  std::chrono::year_month_day date(day);
  std::chrono::hh_mm_ss<seconds> clock(floor<seconds>(time - day));
  std::string out = "0000-00-00T00:00:00";
  auto put = [&](size_t end, int64_t number) {
    for (; number != 0; number /= 10) out[--end] = static_cast<char>('0' + number % 10);
  };
  put(4, static_cast<int>(date.year()));
  put(7, static_cast<unsigned>(date.month()));
  put(10, static_cast<unsigned>(date.day()));
  put(13, clock.hours().count());
  put(16, clock.minutes().count());
  put(19, clock.seconds().count());
  return out;
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
  uint64_t nanoseconds;
};
constexpr std::array kUnits{Unit{"ns", 1},         Unit{"us", 1'000},         Unit{"µs", 1'000},          Unit{"μs", 1'000},
                            Unit{"ms", 1'000'000}, Unit{"s", 1'000'000'000}, Unit{"m", 60'000'000'000}, Unit{"h", 3'600'000'000'000}};

std::optional<uint64_t> unit_of(std::string_view name) {
  for (const Unit& unit : kUnits)
    if (unit.name == name) return unit.nanoseconds;
  return std::nullopt;
}

// What the digits after the point are worth; those past what 64 bits hold count for nothing, as in Go.
uint64_t fraction_of(std::string_view digits, uint64_t unit) {
  uint64_t value = 0;
  double scale = 1;
  for (char digit : digits) {
    if (value > (uint64_t{1} << 63) / 10 - 1) break;
    value = value * 10 + static_cast<uint64_t>(digit - '0');
    scale *= 10;
  }
  return static_cast<uint64_t>(static_cast<double>(value) * (static_cast<double>(unit) / scale));
}

// As the time package quotes what it was given: plain, but for quotes, backslashes and bytes outside ASCII.
std::string quoted(std::string_view text) {
  std::string out = "\"";
  for (unsigned char c : text) {
    if (c == '"' || c == '\\')
      (out += '\\') += static_cast<char>(c);
    else if (c < ' ' || c >= 0x7f)
      out += fmt::format("\\x{:02x}", c);
    else
      out += static_cast<char>(c);
  }
  return out + '"';
}

}  // namespace

Result<Duration> read_go_duration(std::string_view text) {
  constexpr uint64_t kMost = uint64_t{1} << 63;
  auto invalid = [&] { return fail(Code::kInvalid, "time: invalid duration {}", quoted(text)); };
  std::string_view rest = text;
  bool minus = rest.starts_with('-');
  if (minus || rest.starts_with('+')) rest.remove_prefix(1);
  if (rest == "0") return Duration(0);
  if (rest.empty()) return invalid();
  uint64_t total = 0;
  while (!rest.empty()) {
    size_t digits = std::min(rest.find_first_not_of("0123456789"), rest.size());
    uint64_t whole = 0;
    auto read = std::from_chars(rest.data(), rest.data() + digits, whole);
    if (read.ec == std::errc::result_out_of_range || whole > kMost) return invalid();
    rest.remove_prefix(digits);
    size_t after = 0;
    std::string_view fraction;
    if (rest.starts_with('.')) {
      after = std::min(rest.find_first_not_of("0123456789", 1), rest.size()) - 1;
      fraction = rest.substr(1, after);
      rest.remove_prefix(1 + after);
    }
    if (digits == 0 && after == 0) return invalid();
    std::string_view name = rest.substr(0, rest.find_first_of(".0123456789"));
    if (name.empty()) return fail(Code::kInvalid, "time: missing unit in duration {}", quoted(text));
    auto unit = unit_of(name);
    if (!unit) return fail(Code::kInvalid, "time: unknown unit {} in duration {}", quoted(name), quoted(text));
    rest.remove_prefix(name.size());
    if (whole > kMost / *unit) return invalid();
    total += whole * *unit + fraction_of(fraction, *unit);
    if (total > kMost) return invalid();
  }
  if (minus) return Duration(static_cast<int64_t>(-total));
  if (total > kMost - 1) return invalid();
  return Duration(static_cast<int64_t>(total));
}

std::optional<Duration> parse_go_duration(std::string_view text) {
  auto duration = read_go_duration(text);
  return duration ? std::optional(*duration) : std::nullopt;
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
