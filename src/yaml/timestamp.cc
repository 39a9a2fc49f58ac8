// go-yaml's timestamps: what Go's time.Parse takes for the four layouts that go-yaml tries.
#include <fmt/format.h>

#include <array>

#include "yaml/chars.hh"
#include "yaml/resolve.hh"

namespace taut::yaml {
namespace {

struct Moment {
  int year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0;
  std::string fraction;  // digits, at most nine
  bool utc = true;
  bool west = false;
  int offset_hour = 0, offset_minute = 0;
};

class TimeReader {
 public:
  explicit TimeReader(std::string_view text) : rest_(text) {}

  bool read(Moment& out) {
    if (!fixed(4, out.year) || !take('-') || !one_or_two(out.month) || !take('-') || !one_or_two(out.day)) return false;
    if (!valid_date(out)) return false;
    if (rest_.empty()) return true;
    bool zoned = rest_[0] == 'T' || rest_[0] == 't';
    if (zoned) rest_.remove_prefix(1);
    else if (!spaces()) return false;
    return clock(out) && (!zoned || zone(out)) && rest_.empty();
  }

 private:
  static bool valid_date(const Moment& m) {
    constexpr std::array kDays = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    if (m.month < 1 || m.month > 12 || m.day < 1) return false;
    bool leap = m.year % 4 == 0 && (m.year % 100 != 0 || m.year % 400 == 0);
    return m.day <= kDays[static_cast<size_t>(m.month - 1)] + (leap && m.month == 2 ? 1 : 0);
  }

  bool clock(Moment& out) {
    if (!one_or_two(out.hour) || !take(':') || !one_or_two(out.minute) || !take(':') || !one_or_two(out.second))
      return false;
    if (out.hour > 23 || out.minute > 59 || out.second > 59) return false;
    bool fraction = rest_.size() > 1 && (rest_[0] == '.' || rest_[0] == ',') && is_digit(rest_[1]);
    if (!fraction) return true;
    rest_.remove_prefix(1);
    while (!rest_.empty() && is_digit(rest_[0])) {
      if (out.fraction.size() < 9) out.fraction += rest_[0];
      rest_.remove_prefix(1);
    }
    return true;
  }

  bool zone(Moment& out) {
    if (take('Z')) return true;
    out.utc = false;
    out.west = rest_.starts_with('-');
    if (!take('-') && !take('+')) return false;
    if (!fixed(2, out.offset_hour) || !take(':') || !fixed(2, out.offset_minute)) return false;
    if (out.offset_hour > 24 || out.offset_minute > 60) return false;
    if (out.offset_hour == 0 && out.offset_minute == 0) out.utc = true;
    return true;
  }

  bool take(char c) {
    if (!rest_.starts_with(c)) return false;
    rest_.remove_prefix(1);
    return true;
  }
  bool spaces() {
    if (rest_[0] != ' ') return false;
    while (take(' ')) {
    }
    return true;
  }
  bool fixed(size_t width, int& out) {
    if (rest_.size() < width) return false;
    out = 0;
    for (size_t i = 0; i < width; ++i) {
      if (!is_digit(rest_[i])) return false;
      out = out * 10 + (rest_[i] - '0');
    }
    rest_.remove_prefix(width);
    return true;
  }
  bool one_or_two(int& out) { return fixed(rest_.size() > 1 && is_digit(rest_[1]) ? 2 : 1, out); }

  std::string_view rest_;
};

}  // namespace

std::optional<std::string> timestamp_to_rfc3339(std::string_view text) {
  if (text.size() < 8 || text[4] != '-') return std::nullopt;
  Moment m;
  if (!TimeReader(text).read(m)) return std::nullopt;
  while (m.fraction.ends_with('0')) m.fraction.pop_back();
  std::string out = fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}", m.year, m.month, m.day, m.hour, m.minute, m.second);
  if (!m.fraction.empty()) out += "." + m.fraction;
  if (m.utc) return out + "Z";
  // An offset of 60 minutes is taken, and carries.
  int minutes = m.offset_hour * 60 + m.offset_minute;
  return out + fmt::format("{}{:02}:{:02}", m.west ? '-' : '+', minutes / 60, minutes % 60);
}

}  // namespace taut::yaml
