// Time zones of the IANA database, as the system has it (package tzdata).
#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "base/result.hh"
#include "base/time.hh"

namespace taut {

class ZoneFile;

// Wall-clock time somewhere: what a calendar on the wall shows, without an offset.
using LocalTime = std::chrono::local_time<Duration>;

// Cheap to copy; zones live as long as the program.
class TimeZone {
 public:
  // UTC.
  TimeZone() = default;
  // "Europe/Berlin"; "" and "UTC" are UTC. kNotFound in Go's words: "unknown time zone Mars/Base".
  static Result<TimeZone> load(std::string_view name);
  // That of the process, as Go's time.Local: TZ, where it is not set the zone that /etc/localtime is a link to. UTC
  // where neither names a zone.
  static TimeZone local();

  struct Moment {
    std::chrono::seconds offset{0};  // east of Greenwich
    std::string abbreviation;        // "CET"
  };
  Moment at(Time time) const;

  LocalTime to_local(Time time) const;
  // The first moment at which the wall showed this; where clocks were put forward over it, the moment they were.
  Time from_local(LocalTime time) const;

 private:
  const ZoneFile* zone_ = nullptr;
};

}  // namespace taut
