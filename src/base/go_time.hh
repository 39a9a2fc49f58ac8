// Times as Go's time package writes and reads them, by layouts such as "Mon Jan 2 15:04:05 MST 2006".
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.hh"
#include "base/time_zone.hh"

namespace taut {

// A moment and the zone it is shown in. Years reach as far as Go's do, beyond what `Time` holds.
struct ZonedTime {
  int64_t seconds = 0;  // since 1970, UTC
  int32_t nanoseconds = 0;
  int32_t offset = 0;  // seconds east of Greenwich
  std::string zone;    // "CET"; "" is shown as the offset
};

// Go's zero Time: January 1 of year 1, UTC.
inline constexpr int64_t kGoZeroSeconds = -62'135'596'800;

// The same moment in another zone.
ZonedTime in_zone(int64_t seconds, int32_t nanoseconds, const TimeZone& zone);

// Time.Format.
std::string format_go_time(const ZonedTime& time, std::string_view layout);

// time.ParseInLocation: a text without a zone is of `local`, and so is one whose zone is the local one then.
// kInvalid in Go's words: `parsing time "bad" as "2006-01-02": cannot parse "bad" as "2006"`.
Result<ZonedTime> parse_go_time(std::string_view layout, std::string_view text, const TimeZone& local);

}  // namespace taut
