#include <fmt/format.h>

#include <algorithm>

#include "base/go_time.hh"
#include "base/go_time_layout.hh"

namespace taut {

using go_time::Chunk;
using go_time::Civil;
using go_time::Element;

namespace {

bool digit(std::string_view text, size_t at) { return at < text.size() && text[at] >= '0' && text[at] <= '9'; }

// time.quote: not that of strconv.
std::string quote_value(std::string_view text) {
  std::string out = "\"";
  for (char c : text) {
    if (static_cast<unsigned char>(c) < 0x20 || static_cast<unsigned char>(c) >= 0x80) {
      out += fmt::format("\\x{:02x}", static_cast<unsigned char>(c));
      continue;
    }
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out + '"';
}

// Length of what looks like the name of a zone: "CET", "GMT+3", "-03"; 0 if nothing does.
size_t zone_name_length(std::string_view text) {
  auto signed_hours = [](std::string_view at) -> size_t {
    if (at.empty() || (at[0] != '+' && at[0] != '-') || !digit(at, 1)) return 0;
    size_t end = 1;
    int hours = 0;
    for (; digit(at, end); ++end) hours = std::min(hours * 10 + (at[end] - '0'), 1000);
    return hours > 23 ? 0 : end;
  };
  if (text.size() < 3) return 0;
  if (text.starts_with("ChST") || text.starts_with("MeST")) return 4;
  if (text.starts_with("GMT")) return 3 + signed_hours(text.substr(3));
  if (text[0] == '+' || text[0] == '-') return signed_hours(text);
  size_t upper = 0;
  while (upper < 6 && upper < text.size() && text[upper] >= 'A' && text[upper] <= 'Z') ++upper;
  if (upper == 5) return text[4] == 'T' ? 5 : 0;
  if (upper == 4) return text[3] == 'T' || text.starts_with("WITA") ? 4 : 0;
  return upper == 3 ? 3 : 0;
}

class Parser {
 public:
  Parser(std::string_view layout, std::string_view text, const TimeZone& local)
      : layout_(layout), text_(text), rest_(text), local_(local) {}

  Result<ZonedTime> run() {
    for (std::string_view layout = layout_;;) {
      Chunk chunk = go_time::next_chunk(layout);
      if (!skip(chunk.prefix)) return cannot_parse(rest_, chunk.prefix);
      if (chunk.element == Element::kNone) break;
      layout = chunk.rest;
      std::string_view before = rest_;
      bool good = element(chunk, layout);
      if (!out_of_range_.empty()) return refuse(fmt::format(": {} out of range", out_of_range_));
      if (!good) return cannot_parse(before, chunk.text);
    }
    if (!rest_.empty()) return refuse(": extra text: " + quote_value(rest_));
    if (pm_ && hour_ < 12) hour_ += 12;
    else if (am_ && hour_ == 12) hour_ = 0;
    if (std::string fault = settle_date(); !fault.empty()) return refuse(fault);
    return settle_zone();
  }

 private:
  Failure cannot_parse(std::string_view value, std::string_view wanted) const {
    return fail(Code::kInvalid, "parsing time {} as {}: cannot parse {} as {}", quote_value(text_),
                quote_value(layout_), quote_value(value), quote_value(wanted));
  }
  Failure refuse(std::string_view why) const {
    return fail(Code::kInvalid, "parsing time {}{}", quote_value(text_), why);
  }

  // Literal text; a blank stands for any number of them.
  bool skip(std::string_view prefix) {
    auto skip_blanks = [](std::string_view& text) {
      while (text.starts_with(' ')) text.remove_prefix(1);
    };
    while (!prefix.empty()) {
      if (prefix[0] == ' ') {
        if (!rest_.empty() && rest_[0] != ' ') return false;
        skip_blanks(prefix);
        skip_blanks(rest_);
        continue;
      }
      if (rest_.empty() || rest_[0] != prefix[0]) return false;
      prefix.remove_prefix(1);
      rest_.remove_prefix(1);
    }
    return true;
  }

  // One or two digits, exactly two if `fixed`.
  bool number(int& out, bool fixed) {
    if (!digit(rest_, 0) || (fixed && !digit(rest_, 1))) return false;
    size_t length = digit(rest_, 1) ? 2 : 1;
    return digits(out, length);
  }
  bool digits(int& out, size_t length) {
    if (rest_.size() < length) return false;
    int value = 0;
    for (size_t i = 0; i < length; ++i) {
      if (!digit(rest_, i)) return false;
      value = value * 10 + (rest_[i] - '0');
    }
    rest_.remove_prefix(length);
    out = value;
    return true;
  }
  bool ranged(int& out, bool fixed, int first, int last, std::string_view name) {
    if (!number(out, fixed)) return false;
    if (out < first || out > last) out_of_range_ = name;
    return true;
  }

  template <size_t N>
  bool name(const std::array<std::string_view, N>& names, bool shortened, int& out) {
    for (size_t i = 0; i < N; ++i) {
      std::string_view wanted = shortened ? names[i].substr(0, 3) : names[i];
      if (!same_but_case(rest_.substr(0, wanted.size()), wanted)) continue;
      rest_.remove_prefix(wanted.size());
      out = static_cast<int>(i);
      return true;
    }
    return false;
  }
  static bool same_but_case(std::string_view a, std::string_view b) {
    auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 32) : c; };
    return std::equal(a.begin(), a.end(), b.begin(), b.end(), [&](char x, char y) { return lower(x) == lower(y); });
  }

  bool element(const Chunk& chunk, std::string_view rest_of_layout) {
    int ignored = 0;
    switch (chunk.element) {
      case Element::kYear: return short_year();
      case Element::kLongYear: return long_year();
      case Element::kMonth: return month_name(true);
      case Element::kLongMonth: return month_name(false);
      case Element::kNumMonth: return ranged(month_, false, 1, 12, "month");
      case Element::kZeroMonth: return ranged(month_, true, 1, 12, "month");
      case Element::kWeekDay: return name(go_time::kWeekDays, true, ignored);
      case Element::kLongWeekDay: return name(go_time::kWeekDays, false, ignored);
      case Element::kUnderDay:
        if (rest_.starts_with(' ')) rest_.remove_prefix(1);
        return number(day_, false);
      case Element::kDay: return number(day_, false);
      case Element::kZeroDay: return number(day_, true);
      case Element::kUnderYearDay:
        for (int i = 0; i < 2 && rest_.starts_with(' '); ++i) rest_.remove_prefix(1);
        return year_day(false);
      case Element::kZeroYearDay: return year_day(true);
      case Element::kHour: return ranged(hour_, false, 0, 23, "hour");
      case Element::kHour12: return ranged(hour_, false, 0, 12, "hour");
      case Element::kZeroHour12: return ranged(hour_, true, 0, 12, "hour");
      case Element::kMinute: return ranged(minute_, false, 0, 59, "minute");
      case Element::kZeroMinute: return ranged(minute_, true, 0, 59, "minute");
      case Element::kSecond: return second(false, rest_of_layout);
      case Element::kZeroSecond: return second(true, rest_of_layout);
      case Element::kUpperPm: return half_day("AM", "PM");
      case Element::kLowerPm: return half_day("am", "pm");
      case Element::kZoneName: return zone_name();
      case Element::kOffset: return offset(chunk.offset);
      case Element::kFractionZeros: return fraction(static_cast<size_t>(chunk.digits) + 1);
      case Element::kFractionNines: return optional_fraction();
      case Element::kNone: break;
    }
    return true;
  }

  // Go's number may have a sign here: "-7" is 1993.
  bool short_year() {
    if (rest_.size() >= 2 && (rest_[0] == '-' || rest_[0] == '+') && digit(rest_, 1)) {
      year_ = rest_[0] == '-' ? '0' - rest_[1] : rest_[1] - '0';
      rest_.remove_prefix(2);
    } else if (!digits(year_, 2)) {
      return false;
    }
    year_ += year_ >= 69 ? 1900 : 2000;
    return true;
  }
  bool long_year() { return digits(year_, 4); }
  bool month_name(bool shortened) {
    if (!name(go_time::kMonths, shortened, month_)) return false;
    ++month_;
    return true;
  }
  bool year_day(bool fixed) {
    size_t length = 0;
    while (length < 3 && digit(rest_, length)) ++length;
    return length != 0 && (!fixed || length == 3) && digits(year_day_, length);
  }
  bool half_day(std::string_view am, std::string_view pm) {
    if (rest_.starts_with(pm)) pm_ = true;
    else if (rest_.starts_with(am)) am_ = true;
    else return false;
    rest_.remove_prefix(2);
    return true;
  }

  bool second(bool fixed, std::string_view rest_of_layout) {
    if (!ranged(second_, fixed, 0, 59, "second")) return false;
    // A fraction may follow even when the layout has none.
    Element next = go_time::next_chunk(rest_of_layout).element;
    if (next == Element::kFractionZeros || next == Element::kFractionNines) return true;
    return optional_fraction();
  }
  bool optional_fraction() {
    if (rest_.size() < 2 || (rest_[0] != '.' && rest_[0] != ',') || !digit(rest_, 1)) return true;
    size_t length = 1;
    while (digit(rest_, length)) ++length;
    return fraction(length);
  }
  // A separator and digits, `length` in all; what is beyond nanoseconds is dropped.
  bool fraction(size_t length) {
    if (rest_.size() < length || (rest_[0] != '.' && rest_[0] != ',')) return false;
    int value = 0;
    for (size_t i = 1; i < 10; ++i) {
      if (i < length && !digit(rest_, i)) return false;
      value = value * 10 + (i < length ? rest_[i] - '0' : 0);
    }
    nanoseconds_ = value;
    rest_.remove_prefix(length);
    return true;
  }

  bool zone_name() {
    if (rest_.starts_with("UTC")) {
      utc_ = true;
      rest_.remove_prefix(3);
      return true;
    }
    size_t length = zone_name_length(rest_);
    zone_ = rest_.substr(0, length);
    rest_.remove_prefix(length);
    return length != 0;
  }
  bool offset(const go_time::OffsetForm& form) {
    if (form.z_for_utc && rest_.starts_with('Z')) {
      utc_ = true;
      rest_.remove_prefix(1);
      return true;
    }
    if (rest_.empty()) return false;
    char sign = rest_[0];
    rest_.remove_prefix(1);
    int parts[3] = {};
    constexpr std::string_view kNames[] = {"time zone offset hour", "time zone offset minute",
                                           "time zone offset second"};
    for (int i = 0; i < form.parts; ++i) {
      if (i > 0 && form.colons) {
        if (!rest_.starts_with(':')) return false;
        rest_.remove_prefix(1);
      }
      if (!digits(parts[i], 2)) return false;
      if (parts[i] > (i == 0 ? 24 : 60)) out_of_range_ = kNames[i];
    }
    offset_ = (parts[0] * 60 + parts[1]) * 60 + parts[2];
    has_offset_ = true;
    if (sign == '-') offset_ = -offset_;
    return sign == '+' || sign == '-';
  }

  // Fills in month and day, from the day of the year if there is one. The fault, or "".
  std::string settle_date() {
    if (year_day_ >= 0) {
      int length = go_time::is_leap(year_) ? 366 : 365;
      if (year_day_ < 1 || year_day_ > length) return ": day-of-year out of range";
      Civil date = go_time::civil_from_days(go_time::days_from_civil({year_, 1, 1}) + year_day_ - 1);
      if (month_ >= 0 && month_ != date.month) return ": day-of-year does not match month";
      if (day_ >= 0 && day_ != date.day) return ": day-of-year does not match day";
      month_ = date.month;
      day_ = date.day;
    }
    if (month_ < 0) month_ = 1;
    if (day_ < 0) day_ = 1;
    return day_ < 1 || day_ > go_time::days_in_month(year_, month_) ? ": day out of range" : "";
  }

  Result<ZonedTime> settle_zone() const {
    int64_t wall = go_time::days_from_civil({year_, month_, day_}) * 86'400 + hour_ * 3600 + minute_ * 60 + second_;
    if (utc_) return ZonedTime{wall, nanoseconds_, 0, "UTC"};
    if (has_offset_) {
      ZonedTime here = in_zone(wall - offset_, nanoseconds_, local_);
      if (here.offset == offset_ && (zone_.empty() || here.zone == zone_)) return here;
      return ZonedTime{wall - offset_, nanoseconds_, offset_, std::string(zone_)};
    }
    // What the clocks of the zone showed: the offset of the moment before, unless they were changed since.
    ZonedTime here = in_zone(wall, nanoseconds_, local_);
    ZonedTime guess = in_zone(wall - here.offset, nanoseconds_, local_);
    if (guess.offset != here.offset) guess = in_zone(wall - guess.offset, nanoseconds_, local_);
    if (zone_.empty() || guess.zone == zone_) return guess;
    int hours = 0;
    if (zone_.starts_with("GMT") && zone_.size() > 3) {
      for (char c : zone_.substr(4)) hours = hours * 10 + (c - '0');
      if (zone_[3] == '-') hours = -hours;
    }
    return ZonedTime{wall, nanoseconds_, hours * 3600, std::string(zone_)};
  }

  std::string_view layout_, text_, rest_;
  const TimeZone& local_;
  std::string_view out_of_range_;
  int year_ = 0, month_ = -1, day_ = -1, year_day_ = -1, hour_ = 0, minute_ = 0, second_ = 0, nanoseconds_ = 0;
  int offset_ = 0;
  bool am_ = false, pm_ = false, utc_ = false, has_offset_ = false;
  std::string_view zone_;
};

}  // namespace

Result<ZonedTime> parse_go_time(std::string_view layout, std::string_view text, const TimeZone& local) {
  return Parser(layout, text, local).run();
}

}  // namespace taut
