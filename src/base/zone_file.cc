#include "base/zone_file.hh"

#include <algorithm>
#include <array>
#include <chrono>
#include <limits>

namespace taut {
namespace {

constexpr int64_t kNever = std::numeric_limits<int64_t>::min();
constexpr int64_t kForever = std::numeric_limits<int64_t>::max();
constexpr size_t kHeader = 44;

int64_t big_endian(std::string_view bytes) {
  uint64_t value = static_cast<signed char>(bytes[0]) < 0 ? ~uint64_t{0} : 0;
  for (char byte : bytes) value = value << 8 | static_cast<unsigned char>(byte);
  return static_cast<int64_t>(value);
}

struct Header {
  char version;
  size_t utc, standard, leaps, changes, kinds, characters;
  // Of what follows, with times of `width` bytes.
  size_t size(size_t width) const {
    return changes * (width + 1) + kinds * 6 + characters + leaps * (width + 4) + standard + utc;
  }
};

std::optional<Header> header_of(std::string_view bytes) {
  if (bytes.size() < kHeader || !bytes.starts_with("TZif")) return std::nullopt;
  std::array<size_t, 6> counts;
  for (size_t i = 0; i < counts.size(); i++) {
    int64_t count = big_endian(bytes.substr(20 + 4 * i, 4));
    if (count < 0) return std::nullopt;
    counts[i] = static_cast<size_t>(count);
  }
  return Header{bytes[4], counts[0], counts[1], counts[2], counts[3], counts[4], counts[5]};
}

}  // namespace

std::optional<ZoneFile> ZoneFile::parse(std::string_view bytes) {
  auto header = header_of(bytes);
  if (!header) return std::nullopt;
  size_t width = 4;
  if (header->version != 0) {  // the same again, with times of 64 bits, and the rule
    if (bytes.size() < kHeader + header->size(4)) return std::nullopt;
    bytes.remove_prefix(kHeader + header->size(4));
    header = header_of(bytes);
    width = 8;
    if (!header) return std::nullopt;
  }
  ZoneFile out;
  if (bytes.size() < kHeader + header->size(width) || !out.read_changes(bytes, width)) return std::nullopt;
  if (width == 4) return out;
  std::string_view rule = bytes.substr(kHeader + header->size(width));
  if (rule.size() < 2 || rule.front() != '\n' || rule.back() != '\n') return std::nullopt;
  rule = rule.substr(1, rule.size() - 2);
  if (rule.empty()) return out;
  out.rule_ = parse_rule(rule);
  if (!out.rule_) return std::nullopt;
  return out;
}

bool ZoneFile::read_changes(std::string_view bytes, size_t width) {
  Header header = *header_of(bytes);
  if (header.kinds == 0) return false;
  std::string_view times = bytes.substr(kHeader);
  std::string_view indexes = times.substr(header.changes * width);
  std::string_view kinds = indexes.substr(header.changes);
  std::string_view names = kinds.substr(header.kinds * 6, header.characters);
  for (size_t i = 0; i < header.changes; i++) {
    changes_.push_back(big_endian(times.substr(i * width, width)));
    kind_of_.push_back(static_cast<uint8_t>(indexes[i]));
    if (kind_of_.back() >= header.kinds || (i > 0 && changes_[i] <= changes_[i - 1])) return false;
  }
  for (size_t i = 0; i < header.kinds; i++) {
    std::string_view kind = kinds.substr(i * 6, 6);
    auto name = static_cast<unsigned char>(kind[5]);
    if (name >= names.size()) return false;
    std::string_view rest = names.substr(name);
    kinds_.push_back({static_cast<int32_t>(big_endian(kind.substr(0, 4))), std::string(rest.substr(0, rest.find('\0')))});
  }
  return true;
}

ZoneFile::Period ZoneFile::period(int64_t second) const {
  auto after = static_cast<size_t>(std::ranges::upper_bound(changes_, second) - changes_.begin());
  if (after == changes_.size() && rule_) return by_rule(second, after == 0 ? kNever : changes_.back());
  const Kind& kind = kinds_[after == 0 ? 0 : kind_of_[after - 1]];
  int64_t end = after == changes_.size() ? kForever : changes_[after];
  return {after == 0 ? kNever : changes_[after - 1], end, kind.offset, kind.abbreviation};
}

int64_t ZoneFile::Edge::in(int year) const {
  using namespace std::chrono;
  sys_days at = sys_days(std::chrono::year(year) / January / 1) + days(day);
  if (form == 'J') {
    at -= days(1);
    if (std::chrono::year(year).is_leap() && day >= 60) at += days(1);
  } else if (form == 'M') {
    auto of_month = std::chrono::year(year) / std::chrono::month(static_cast<unsigned>(month));
    weekday day_of_week(static_cast<unsigned>(day));
    at = week == 5 ? sys_days(of_month / day_of_week[last]) : sys_days(of_month / day_of_week[static_cast<unsigned>(week)]);
  }
  return seconds(at.time_since_epoch()).count() + time;
}

ZoneFile::Period ZoneFile::by_rule(int64_t second, int64_t since) const {
  const Rule& rule = *rule_;
  if (!rule.has_summer) return {since, kForever, rule.standard.offset, rule.standard.abbreviation};
  using namespace std::chrono;
  int year = static_cast<int>(year_month_day(floor<days>(sys_seconds(seconds(second)))).year());
  struct Change {
    int64_t at;
    bool to_summer;
    auto operator<=>(const Change&) const = default;
  };
  std::array<Change, 6> changes;
  for (int i = 0; i < 3; i++) {
    changes[2 * i] = {rule.start.in(year - 1 + i) - rule.standard.offset, true};
    changes[2 * i + 1] = {rule.end.in(year - 1 + i) - rule.summer.offset, false};
  }
  std::ranges::sort(changes);
  auto after = std::ranges::upper_bound(changes, second, {}, &Change::at);
  if (after == changes.begin()) after++;
  const Kind& kind = after[-1].to_summer ? rule.summer : rule.standard;
  int64_t end = after == changes.end() ? kForever : after->at;
  return {std::max(since, after[-1].at), end, kind.offset, kind.abbreviation};
}

// Reads from the front of the text; what cannot be read is nothing.
struct ZoneFile::RuleText {
  std::string_view rest;

  bool eat(char c) {
    if (!rest.starts_with(c)) return false;
    rest.remove_prefix(1);
    return true;
  }
  std::optional<int> number(int highest) {
    size_t size = std::min(rest.find_first_not_of("0123456789"), rest.size());
    if (size == 0 || size > 3) return std::nullopt;
    int value = 0;
    for (char digit : rest.substr(0, size)) value = value * 10 + (digit - '0');
    rest.remove_prefix(size);
    return value <= highest ? std::optional(value) : std::nullopt;
  }
  // "CET" or "<+03>".
  std::optional<std::string> name() {
    bool quoted = eat('<');
    size_t size = quoted ? rest.find('>') : std::min(rest.find_first_of("+-,0123456789"), rest.size());
    if (size < 3 || size == rest.npos) return std::nullopt;
    std::string out(rest.substr(0, size));
    rest.remove_prefix(size + (quoted ? 1 : 0));
    return out;
  }
  // "[+-]hours[:minutes[:seconds]]" in seconds.
  std::optional<int32_t> time() {
    int sign = eat('-') ? -1 : 1;
    if (sign == 1) eat('+');
    auto hours = number(167);
    if (!hours) return std::nullopt;
    int32_t out = *hours * 3600;
    for (int unit : {60, 1}) {
      if (!eat(':')) break;
      auto part = number(59);
      if (!part) return std::nullopt;
      out += *part * unit;
    }
    return sign * out;
  }
  std::optional<Edge> edge() {
    Edge out;
    std::optional<int> month = 0, week = 0, day;
    if (eat('M')) {
      month = number(12);
      week = eat('.') ? number(5) : std::nullopt;
      day = eat('.') ? number(6) : std::nullopt;
      if (month == 0 || week == 0) return std::nullopt;
    } else {
      out.form = eat('J') ? 'J' : 'n';
      day = number(365);
      if (out.form == 'J' && day == 0) return std::nullopt;
    }
    if (!month || !week || !day) return std::nullopt;
    out.month = *month, out.week = *week, out.day = *day;
    if (!eat('/')) return out;
    auto at = time();
    if (!at) return std::nullopt;
    out.time = *at;
    return out;
  }
};

// "CET-1CEST,M3.5.0,M10.5.0/3": offsets are west of Greenwich.
std::optional<ZoneFile::Rule> ZoneFile::parse_rule(std::string_view text) {
  RuleText in{text};
  Rule out;
  auto name = in.name();
  auto west = name ? in.time() : std::nullopt;
  if (!west) return std::nullopt;
  out.standard = {-*west, *name};
  if (in.rest.empty()) return out;
  out.has_summer = true;
  name = in.name();
  if (!name) return std::nullopt;
  west = in.rest.starts_with(',') ? std::optional(*west - 3600) : in.time();
  if (!west) return std::nullopt;
  out.summer = {-*west, *name};
  auto start = in.eat(',') ? in.edge() : std::nullopt;
  auto end = in.eat(',') ? in.edge() : std::nullopt;
  if (!start || !end || !in.rest.empty()) return std::nullopt;
  out.start = *start, out.end = *end;
  return out;
}

}  // namespace taut
