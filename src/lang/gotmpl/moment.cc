// time.Time in templates.
#include "base/go_time.hh"
#include "lang/gotmpl/function.hh"

namespace taut::gotmpl {
namespace {

ZonedTime zoned(const Value& time) {
  const Moment& moment = time.object().data<Moment>();
  return {moment.seconds, moment.nanoseconds, moment.offset, std::string(moment.zone)};
}

std::string time_text(const Value& time) { return format_go_time(zoned(time), "2006-01-02 15:04:05.999999999 -0700 MST"); }

Result<Value> time_string(Call& call) { return call.heap.text(time_text(call.receiver)); }

Result<Value> time_format(Call& call) {
  return call.heap.text(format_go_time(zoned(call.receiver), call.text(0)));
}

Result<Value> time_unix(Call& call) { return Value::int64(call.receiver.object().data<Moment>().seconds); }

Result<Value> time_unix_nano(Call& call) {
  const Moment& moment = call.receiver.object().data<Moment>();
  auto nanoseconds = static_cast<uint64_t>(moment.seconds) * 1'000'000'000 + static_cast<uint64_t>(moment.nanoseconds);
  return Value::int64(static_cast<int64_t>(nanoseconds));
}

Result<Value> time_unix_milli(Call& call) {
  const Moment& moment = call.receiver.object().data<Moment>();
  return Value::int64(moment.seconds * 1000 + moment.nanoseconds / 1'000'000);
}

Result<Value> time_utc(Call& call) {
  Moment moment = call.receiver.object().data<Moment>();
  moment.offset = 0;
  moment.zone = "UTC";
  return call.heap.time(moment);
}

Result<Value> time_is_zero(Call& call) {
  const Moment& moment = call.receiver.object().data<Moment>();
  return Value::boolean(moment.seconds == kGoZeroSeconds && moment.nanoseconds == 0);
}

// A part of the calendar that a layout shows as a number.
Value part(Call& call, std::string_view layout) {
  return Value::integer(std::atoll(format_go_time(zoned(call.receiver), layout).c_str()));
}

Result<Value> time_year(Call& call) { return part(call, "2006"); }
Result<Value> time_day(Call& call) { return part(call, "2"); }
Result<Value> time_hour(Call& call) { return part(call, "15"); }
Result<Value> time_minute(Call& call) { return part(call, "4"); }
Result<Value> time_second(Call& call) { return part(call, "5"); }
Result<Value> time_year_day(Call& call) { return part(call, "002"); }
Result<Value> time_nanosecond(Call& call) {
  return Value::integer(call.receiver.object().data<Moment>().nanoseconds);
}
// Go's Month and Weekday print as their names.
Result<Value> time_month(Call& call) { return call.heap.text(format_go_time(zoned(call.receiver), "January")); }
Result<Value> time_weekday(Call& call) { return call.heap.text(format_go_time(zoned(call.receiver), "Monday")); }

constexpr Function kMethods[] = {
    {"String", "", time_string},        {"Format", "string", time_format}, {"Unix", "", time_unix},
    {"UnixNano", "", time_unix_nano},   {"UnixMilli", "", time_unix_milli}, {"UTC", "", time_utc},
    {"IsZero", "", time_is_zero},       {"Year", "", time_year},           {"Month", "", time_month},
    {"Day", "", time_day},              {"Weekday", "", time_weekday},     {"YearDay", "", time_year_day},
    {"Hour", "", time_hour},            {"Minute", "", time_minute},       {"Second", "", time_second},
    {"Nanosecond", "", time_nanosecond},
};

}  // namespace

namespace types {
constinit const Type kTime{.kind = Kind::kStruct, .name = "time.Time", .methods = kMethods, .stringer = time_text};
}  // namespace types

}  // namespace taut::gotmpl
