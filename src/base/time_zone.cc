#include "base/time_zone.hh"

#include <date/tz.h>

#include <cstdlib>
#include <filesystem>
#include <stdexcept>

namespace taut {
namespace {

using std::chrono::floor;
using std::chrono::seconds;

date::sys_seconds whole(Time time) { return date::sys_seconds(floor<seconds>(time).time_since_epoch()); }

}  // namespace

Result<TimeZone> TimeZone::load(std::string_view name) {
  TimeZone zone;
  if (name.empty() || name == "UTC") return zone;
  try {
    zone.zone_ = date::locate_zone(name);
  } catch (const std::runtime_error&) {  // the library's only way to say so
    return fail(Code::kNotFound, "unknown time zone {}", name);
  }
  return zone;
}

TimeZone TimeZone::local() {
  std::string name;
  if (const char* given = std::getenv("TZ")) {
    name = given;
    if (name.starts_with(':')) name.erase(0, 1);
  } else {
    std::error_code error;
    name = std::filesystem::read_symlink("/etc/localtime", error).string();
  }
  constexpr std::string_view kZones = "/zoneinfo/";
  if (size_t at = name.find(kZones); at != std::string::npos) name.erase(0, at + kZones.size());
  // Without the library, which reads the list of all zones first.
  if (name == "Etc/UTC") name.clear();
  auto zone = load(name);
  return zone ? *zone : TimeZone();
}

TimeZone::Moment TimeZone::at(Time time) const {
  if (!zone_) return {seconds(0), "UTC"};
  date::sys_info info = zone_->get_info(whole(time));
  return {info.offset, info.abbrev};
}

LocalTime TimeZone::to_local(Time time) const { return LocalTime(time.time_since_epoch() + at(time).offset); }

Time TimeZone::from_local(LocalTime time) const {
  if (!zone_) return Time(time.time_since_epoch());
  date::local_seconds second(floor<seconds>(time).time_since_epoch());
  date::sys_seconds sys = zone_->to_sys(second, date::choose::earliest);
  bool exists = zone_->get_info(second).result != date::local_info::nonexistent;
  Duration fraction = exists ? time.time_since_epoch() - second.time_since_epoch() : Duration(0);
  return Time(sys.time_since_epoch() + fraction);
}

}  // namespace taut
