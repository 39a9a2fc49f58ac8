#include "base/time_zone.hh"

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <memory>
#include <mutex>

#include "base/strings.hh"
#include "base/zone_file.hh"

namespace taut {
namespace {

using std::chrono::floor;
using std::chrono::seconds;

int64_t whole(Duration since_1970) { return floor<seconds>(since_1970).count(); }

// Null where the system has no zone of that name.
std::unique_ptr<const ZoneFile> read_zone(std::string_view name) {
  if (name.starts_with('/') || contains(name, "..") || contains(name, std::string_view("\0", 1))) return nullptr;
  std::string path = "/usr/share/zoneinfo/" + std::string(name);
  std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::fopen(path.c_str(), "re"), std::fclose);
  if (!file) return nullptr;
  std::string bytes(size_t{1} << 16, '\0');  // the longest has 4 KiB
  bytes.resize(std::fread(bytes.data(), 1, bytes.size(), file.get()));
  auto zone = ZoneFile::parse(bytes);
  return zone ? std::make_unique<const ZoneFile>(std::move(*zone)) : nullptr;
}

}  // namespace

Result<TimeZone> TimeZone::load(std::string_view name) {
  static std::mutex mutex;
  static auto& loaded = *new std::map<std::string, std::unique_ptr<const ZoneFile>, std::less<>>;
  TimeZone zone;
  if (name.empty() || name == "UTC") return zone;
  std::lock_guard lock(mutex);
  auto at = loaded.find(name);
  if (at == loaded.end()) {
    auto file = read_zone(name);
    if (!file) return fail(Code::kNotFound, "unknown time zone {}", name);
    at = loaded.emplace(name, std::move(file)).first;
  }
  zone.zone_ = at->second.get();
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
  if (name == "Etc/UTC") name.clear();
  auto zone = load(name);
  return zone ? *zone : TimeZone();
}

TimeZone::Moment TimeZone::at(Time time) const {
  if (!zone_) return {seconds(0), "UTC"};
  ZoneFile::Period period = zone_->period(whole(time.time_since_epoch()));
  return {seconds(period.offset), std::string(period.abbreviation)};
}

LocalTime TimeZone::to_local(Time time) const { return LocalTime(time.time_since_epoch() + at(time).offset); }

Time TimeZone::from_local(LocalTime time) const {
  if (!zone_) return Time(time.time_since_epoch());
  int64_t wall = whole(time.time_since_epoch());
  // No offset is as much as a day: the periods of the days before and after hold all that the wall may mean.
  constexpr int64_t kDay = 86400;
  ZoneFile::Period period = zone_->period(wall - kDay);
  while (wall - period.offset >= period.end) {
    ZoneFile::Period next = zone_->period(period.end);
    if (wall - next.offset < next.begin) return Time(seconds(next.begin));
    period = next;
  }
  return Time(time.time_since_epoch() - seconds(period.offset));
}

}  // namespace taut
