#include "dialect/flux/helm_history.hh"

#include <fmt/format.h>

#include <algorithm>

#include "base/time.hh"
#include "dialect/flux/helm_digest.hh"

namespace taut::flux {
namespace {

const Value kNone;
constexpr size_t kMost = 5;

// Records hold fractions of seconds and zones.
void set_time(Value& out, std::string_view field, const std::string& text) {
  if (auto time = parse_rfc3339(text)) out.set(field, format_rfc3339(*time));
}

bool was_deployed(const Value& snapshot) {
  std::string_view status = snapshot["status"].as_string();
  return status == release::kDeployed || status == release::kSuperseded;
}

bool holds(const Value& snapshot, std::string_view phase) {
  return std::ranges::any_of(snapshot["testHooks"].entries(), [&](const Entry& hook) { return hook.value["phase"].as_string() == phase; });
}

Value first(const Value& history, size_t count) {
  Value out = Value::list();
  for (const Value& snapshot : history.items())
    if (out.size() < count) out.push_back(snapshot);
  return out;
}

}  // namespace

Value snapshot_of(const release::Release& release, std::string_view action, std::string_view oci_digest) {
  const Value& metadata = release.chart["metadata"];
  Value out = Value::map({{"apiVersion", "v2"},
                          {"digest", release_digest(release, oci_digest)},
                          {"name", release.name},
                          {"namespace", release.ns},
                          {"version", release.version},
                          {"status", release.status},
                          {"chartName", metadata["name"].str()},
                          {"chartVersion", metadata["version"].str()},
                          {"configDigest", values_digest(release.config)}});
  if (!metadata["appVersion"].empty()) out.set("appVersion", metadata["appVersion"]);
  if (!action.empty()) out.set("action", action);
  if (!oci_digest.empty()) out.set("ociDigest", oci_digest);
  set_time(out, "firstDeployed", release.first_deployed);
  set_time(out, "lastDeployed", release.last_deployed);
  set_time(out, "deleted", release.deleted);
  return out;
}

Value snapshot_of(const release::Release& release, const Value& before) {
  Value out = snapshot_of(release, before["action"].as_string(), before["ociDigest"].as_string());
  if (const Value* tests = before.find("testHooks")) out.set("testHooks", *tests);
  return out;
}

const Value& latest_snapshot(const Value& history) { return history.empty() ? kNone : history[size_t{0}]; }

const Value& previous_snapshot(const Value& history, bool ignore_tests) {
  for (size_t i = 1; i < history.size(); ++i)
    if (was_deployed(history[i]) && (ignore_tests || !has_failed_test(history[i]))) return history[i];
  return kNone;
}

Value truncated(const Value& history, bool ignore_tests) {
  for (size_t i = 1; i < history.size(); ++i)
    if (was_deployed(history[i]) && (ignore_tests || !has_failed_test(history[i]))) return first(history, i + 1);
  return truncated(history);
}

Value truncated(const Value& history) { return first(history, kMost); }

Value with_snapshot(Value snapshot, const Value& history) {
  Value out = Value::list({std::move(snapshot)});
  for (const Value& old : history.items()) out.push_back(old);
  return out;
}

Value refreshed(const Value& history, const std::vector<release::Release>& records, std::string_view action) {
  Value out = Value::list();
  for (const Value& snapshot : history.items()) {
    auto record = std::ranges::find_if(records, [&](const release::Release& release) { return targets(snapshot, release); });
    if (record == records.end() || is_observed(snapshot, *record)) {
      out.push_back(snapshot);
      continue;
    }
    Value before = snapshot;
    if (!action.empty()) before.set("action", action);
    out.push_back(snapshot_of(*record, before));
  }
  return out;
}

bool targets(const Value& snapshot, const release::Release& release) {
  return snapshot["name"].as_string() == release.name && snapshot["namespace"].as_string() == release.ns &&
         snapshot["version"].as_int() == release.version;
}

bool has_failed_test(const Value& snapshot) { return holds(snapshot, "Failed"); }

bool has_been_tested(const Value& snapshot) {
  if (!snapshot.contains("testHooks")) return false;
  if (has_failed_test(snapshot)) return true;
  return std::ranges::all_of(snapshot["testHooks"].entries(), [](const Entry& hook) { return hook.value["phase"].as_string() == "Succeeded"; });
}

bool is_observed(const Value& snapshot, const release::Release& release) {
  // Snapshots of earlier versions of Flux were made otherwise.
  if (snapshot["apiVersion"].as_string() != "v2") return true;
  return snapshot["digest"].as_string() == release_digest(release, snapshot["ociDigest"].as_string());
}

std::string full_release_name(const Value& snapshot) {
  if (snapshot.is_null()) return {};
  return fmt::format("{}/{}.v{}", snapshot["namespace"].as_string(), snapshot["name"].as_string(), snapshot["version"].as_int());
}

std::string versioned_chart_name(const Value& snapshot) {
  if (snapshot.is_null()) return {};
  return fmt::format("{}@{}", snapshot["chartName"].as_string(), snapshot["chartVersion"].as_string());
}

Value test_hooks(const release::Release& release, const Value& filters) {
  auto chosen = [&](const std::string& name) {
    bool some = false, named = false;
    for (const Value& filter : filters.items()) {
      bool match = filter["name"].as_string() == name;
      if (filter["exclude"].as_bool()) {
        if (match) return false;
        continue;
      }
      some = true;
      named = named || match;
    }
    return !some || named;
  };
  Value out = Value::map();
  for (const release::HookRecord& hook : release.hooks) {
    if (!hook.has_event("test") || !chosen(hook.name)) continue;
    Value status = Value::map();
    set_time(status, "lastStarted", hook.started_at);
    set_time(status, "lastCompleted", hook.completed_at);
    if (!hook.phase.empty()) status.set("phase", hook.phase);
    out.set(hook.name, std::move(status));
  }
  return out;
}

}  // namespace taut::flux
