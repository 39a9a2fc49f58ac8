// sprig date.go: Go's layouts and durations. What is no time means now, without a word.
#include <chrono>

#include "base/go_number.hh"
#include "base/go_time.hh"
#include "lang/gotmpl/execution.hh"
#include "lang/gotmpl/funcs/functions.hh"
#include "lang/gotmpl/funcs/support.hh"

namespace taut::gotmpl::funcs {

namespace {

constexpr std::string_view kHtmlDate = "2006-01-02";
constexpr int64_t kSecond = 1'000'000'000;

struct Instant {
  int64_t seconds = kGoZeroSeconds;
  int32_t nanoseconds = 0;
};

Instant current(Call& call) {
  const auto& clock = call.run.environment().now;
  if (!clock) return {};
  auto since = clock().time_since_epoch();
  auto seconds = std::chrono::floor<std::chrono::seconds>(since);
  return {seconds.count(), static_cast<int32_t>((since - seconds).count())};
}

bool is_time(const Value& value) { return value.is_struct() && &value.type() == &types::kTime; }

Instant instant_of(Call& call, const Value& value) {
  if (value.is_signed()) return {value.as_int(), 0};
  if (!is_time(value)) return current(call);
  const Moment& moment = value.object().data<Moment>();
  return {moment.seconds, moment.nanoseconds};
}

TimeZone zone_named(Call& call, std::string_view name) {
  if (name == "Local") return call.run.environment().zone;
  return TimeZone::load(name).value_or(TimeZone());
}

Value formatted(Call& call, std::string_view layout, const Value& date, std::string_view zone) {
  Instant instant = instant_of(call, date);
  return call.heap.text(
      format_go_time(in_zone(instant.seconds, instant.nanoseconds, zone_named(call, zone)), layout));
}

Value time_value(Heap& heap, const ZonedTime& time) {
  return heap.time({time.seconds, time.nanoseconds, time.offset, heap.copy(time.zone)});
}

// Time.Add, in the zone it is in.
Value moved(Heap& heap, const Value& time, Duration by) {
  Moment moment = time.object().data<Moment>();
  int64_t nanoseconds = moment.nanoseconds + by.count() % kSecond;
  moment.seconds += by.count() / kSecond;
  if (nanoseconds < 0) nanoseconds += kSecond, --moment.seconds;
  if (nanoseconds >= kSecond) nanoseconds -= kSecond, ++moment.seconds;
  moment.nanoseconds = static_cast<int32_t>(nanoseconds);
  return heap.time(moment);
}

// time.Since: it stops at the longest duration there is.
Duration elapsed(Call& call, const Instant& start) {
  Instant end = current(call);
  __int128 nanoseconds = (static_cast<__int128>(end.seconds) - start.seconds) * kSecond + end.nanoseconds - start.nanoseconds;
  nanoseconds = std::clamp<__int128>(nanoseconds, INT64_MIN, INT64_MAX);
  return Duration(static_cast<int64_t>(nanoseconds));
}

// Duration.Round to seconds: halves away from zero.
Duration rounded(Duration duration) {
  int64_t rest = duration.count() % kSecond;
  int64_t whole = duration.count() - rest;
  if (rest * 2 >= kSecond) whole += kSecond;
  if (rest * 2 <= -kSecond) whole -= kSecond;
  return Duration(whole);
}

Result<Value> modified(Call& call, bool must) {
  auto by = read_go_duration(call.text(0));
  if (!by) return must ? Result<Value>(Failure(by.error())) : call[1];
  return moved(call.heap, call[1], *by);
}

// Of durationRound: a string, nanoseconds, or the time since.
Duration duration_of(Call& call, const Value& value) {
  if (value.is_string()) return parse_go_duration(value.as_text()).value_or(Duration(0));
  if (value.kind() == Kind::kInt64) return Duration(value.as_int());
  return is_time(value) ? elapsed(call, instant_of(call, value)) : Duration(0);
}

}  // namespace

Result<Value> now(Call& call) {
  Instant instant = current(call);
  return time_value(call.heap, in_zone(instant.seconds, instant.nanoseconds, call.run.environment().zone));
}

Result<Value> date(Call& call) { return formatted(call, call.text(0), call[1], "Local"); }
Result<Value> date_in_zone(Call& call) { return formatted(call, call.text(0), call[1], call.text(2)); }
Result<Value> html_date(Call& call) { return formatted(call, kHtmlDate, call[0], "Local"); }
Result<Value> html_date_in_zone(Call& call) { return formatted(call, kHtmlDate, call[0], call.text(1)); }

Result<Value> date_modify(Call& call) { return modified(call, false); }
Result<Value> must_date_modify(Call& call) { return modified(call, true); }

Result<Value> to_date(Call& call) {
  auto time = parse_go_time(call.text(0), call.text(1), call.run.environment().zone);
  return time_value(call.heap, time ? *time : in_zone(kGoZeroSeconds, 0, TimeZone()));
}

Result<Value> must_to_date(Call& call) {
  TAUT_ASSIGN(ZonedTime time, parse_go_time(call.text(0), call.text(1), call.run.environment().zone));
  return time_value(call.heap, time);
}

Result<Value> unix_epoch(Call& call) {
  return call.heap.text(fmt::format("{}", call[0].object().data<Moment>().seconds));
}

Result<Value> ago(Call& call) {
  return call.heap.text(format_go_duration(rounded(elapsed(call, instant_of(call, call[0])))));
}

// Seconds as an int64 or a string; an int is not looked at, and is 0.
Result<Value> duration(Call& call) {
  int64_t seconds = 0;
  if (call[0].is_string()) seconds = parse_go_int(call.text(0), 10).value;
  if (call[0].kind() == Kind::kInt64) seconds = call[0].as_int();
  auto nanoseconds = static_cast<int64_t>(static_cast<uint64_t>(seconds) * kSecond);
  return call.heap.text(format_go_duration(Duration(nanoseconds)));
}

// The largest unit that fits more than once.
Result<Value> duration_round(Call& call) {
  int64_t signed_length = duration_of(call, call[0]).count();
  uint64_t length = signed_length < 0 ? 0 - static_cast<uint64_t>(signed_length) : static_cast<uint64_t>(signed_length);
  constexpr uint64_t kHour = 3'600ull * kSecond;
  constexpr std::pair<uint64_t, std::string_view> kUnits[] = {
      {kHour * 24 * 365, "y"}, {kHour * 24 * 30, "mo"}, {kHour * 24, "d"},
      {kHour, "h"},            {60ull * kSecond, "m"},  {kSecond, "s"}};
  for (auto [unit, name] : kUnits)
    if (length > unit) return call.heap.text(fmt::format("{}{}", length / unit, name));
  return Value::text("0s");
}

}  // namespace taut::gotmpl::funcs
