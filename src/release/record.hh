// The record that Helm keeps of each revision of a release, as its release/v1 JSON: what is read and written here is
// read and written by helm 3 and helm 4 alike.
//
// A record is a plain value. Times stay in the text they were stored in (RFC 3339 with nanoseconds), since helm keeps
// the zone of whoever wrote them; "" is no time. The chart stays a Value: what taut does not know of it is not lost
// when an old record is written again.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hh"
#include "base/time.hh"
#include "value/value.hh"

namespace taut::release {

// The states of a release.
inline constexpr std::string_view kUnknown = "unknown", kDeployed = "deployed", kUninstalled = "uninstalled",
                                  kSuperseded = "superseded", kFailed = "failed", kUninstalling = "uninstalling",
                                  kPendingInstall = "pending-install", kPendingUpgrade = "pending-upgrade",
                                  kPendingRollback = "pending-rollback";

// pending-install, pending-upgrade, pending-rollback: another operation has it.
bool is_pending(std::string_view status);

struct HookRecord {
  std::string name, kind;
  std::string path;  // the template: "chart/templates/job.yaml"
  std::string manifest;
  std::vector<std::string> events;  // "pre-install", ..., "test"
  int64_t weight = 0;
  std::vector<std::string> delete_policies, output_log_policies;
  std::string started_at, completed_at;
  std::string phase;  // "", "Unknown", "Running", "Succeeded", "Failed"

  bool has_event(std::string_view event) const;
};

struct Release {
  std::string name;
  std::string ns;  // of the release; its records may be kept in another
  int64_t version = 1;
  std::string first_deployed, last_deployed, deleted;
  std::string description, notes;
  std::string status{kUnknown};
  Value chart;   // metadata, lock, templates, values, schema, files; texts as base64
  Value config;  // the values that the user gave
  std::string manifest;
  std::vector<HookRecord> hooks;
  std::map<std::string, std::string> labels;  // kept on the Secret, not in the JSON
  std::string apply_method;                   // "ssa", "csa"; "" (helm 3) is "csa"

  void set(std::string_view new_status, std::string text) {
    status = new_status;
    description = std::move(text);
  }
  // "name-1.2.3" of the chart; "MISSING" without metadata.
  std::string chart_name() const;
  std::string app_version() const;
};

// "2026-11-23T11:30:00.123456789Z", as Go marshals a time.
std::string time_text(Time time);

Value to_value(const Release& release);
// kInvalid, in Go's words, for fields of types that they cannot have.
Result<Release> release_of(const Value& value);

// The text that the key "release" of a Secret's data (before the base64 of the Secret itself) holds: base64 of the
// gzip-compressed JSON.
std::string encode_record(const Release& release);
// Reads it back; a record that is not compressed (helm 2's) is taken too. kInvalid, kLimit above 256 MiB unpacked.
Result<Release> decode_record(std::string_view text);

}  // namespace taut::release
