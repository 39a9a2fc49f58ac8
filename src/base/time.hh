// Points in time and spans as Kubernetes writes them: RFC 3339 in UTC, Go durations ("1h30m", "500ms").
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.hh"

namespace taut {

using Duration = std::chrono::nanoseconds;
// Wall-clock time. The core never asks for it: whoever calls passes it in.
using Time = std::chrono::sys_time<Duration>;

// "2026-11-23T03:27:00Z", as metav1.Time: whole seconds, UTC.
std::string format_rfc3339(Time time);
// "2026-11-23T03:27:00.123456Z", as metav1.MicroTime.
std::string format_rfc3339_micro(Time time);
// Any RFC 3339 text with offset and fraction; nothing if it is not one. A time that nanoseconds cannot hold (before
// 1678, after 2261) becomes the first or the last.
std::optional<Time> parse_rfc3339(std::string_view text);

// Go's time.ParseDuration: signs, fractions, units ns us µs ms s m h. kInvalid in its words: `time: missing unit in
// duration "5"`.
Result<Duration> read_go_duration(std::string_view text);
// The same; nothing if it is not one.
std::optional<Duration> parse_go_duration(std::string_view text);
// Go's Duration.String(): "1h30m0s", "1.5s", "0s".
std::string format_go_duration(Duration duration);

}  // namespace taut
