// Schedules in cron's form, as Argo CD's sync windows and Flagger read them (robfig/cron v3): five fields "minute hour
// day-of-month month day-of-week" with lists, ranges, steps, `?` and English names, `TZ=Europe/Berlin ` before them.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "base/result.hh"
#include "base/time.hh"
#include "base/time_zone.hh"

namespace taut::cron {

class Schedule {
 public:
  // kInvalid in the words of robfig/cron: "expected exactly 5 fields, found 3: [* * *]".
  static Result<Schedule> parse(std::string_view text);

  // The first time after `time` that the schedule names; nothing within five years if there is none (30 February).
  // Hours that clocks skip are skipped, hours that come twice count twice.
  std::optional<Time> next(Time time) const;

 private:
  uint64_t minute_ = 0, hour_ = 0, day_ = 0, month_ = 0, weekday_ = 0;  // a bit a value; the top bit: any
  TimeZone zone_;
};

}  // namespace taut::cron
