// Schedules of CronJobs, as robfig/cron v3 reads its standard form: five fields or a descriptor such as @daily.
#pragma once

#include <bitset>
#include <optional>
#include <string_view>

#include "base/result.hh"
#include "base/time.hh"

namespace taut::sandbox::kinds {

class CronSchedule {
 public:
  // kInvalid in that library's words: "expected exactly 5 fields, found 1: [bad]".
  static Result<CronSchedule> parse(std::string_view text);
  // The first time after `after` that fits, in UTC; nothing when none does within five years.
  std::optional<Time> next(Time after) const;

 private:
  bool day_fits(std::chrono::sys_days day) const;

  std::bitset<64> minutes_, hours_, days_, months_, weekdays_;
  bool any_day_ = false, any_weekday_ = false;
  Duration every_{};  // of "@every 1h30m"
};

}  // namespace taut::sandbox::kinds
