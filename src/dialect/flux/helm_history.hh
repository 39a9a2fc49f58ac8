// status.history of a HelmRelease: snapshots of the revisions that it made, the newest first (helm-controller 1.6,
// api/v2/snapshot_types.go). All functions take and give the list as it stands in the status.
#pragma once

#include <string>
#include <vector>

#include "release/record.hh"
#include "value/value.hh"

namespace taut::flux {

// A revision as it was recorded. `before`: the snapshot that it takes the place of, whose action, tests and digest of an
// OCI artifact it keeps; null for a new one.
Value snapshot_of(const release::Release& release, const Value& before);
// The same for a new one.
Value snapshot_of(const release::Release& release, std::string_view action, std::string_view oci_digest);

// The newest, or null.
const Value& latest_snapshot(const Value& history);
// The newest before that which was once deployed, and whose tests did not fail unless that counts for nothing; or null.
const Value& previous_snapshot(const Value& history, bool ignore_tests);
// Ends after the previous snapshot; without one, after five.
Value truncated(const Value& history, bool ignore_tests);
Value truncated(const Value& history);
Value with_snapshot(Value snapshot, const Value& history);
// The snapshots whose revisions are among `records`, as they are recorded now.
Value refreshed(const Value& history, const std::vector<release::Release>& records, std::string_view action);

bool targets(const Value& snapshot, const release::Release& release);
bool has_been_tested(const Value& snapshot);
bool has_failed_test(const Value& snapshot);
// Whether the recorded revision is the one that the snapshot was made of.
bool is_observed(const Value& snapshot, const release::Release& release);

// "apps/web.v3", "podinfo@6.5.4".
std::string full_release_name(const Value& snapshot);
std::string versioned_chart_name(const Value& snapshot);

// status.history[].testHooks of the tests of a release that the filters of spec.test choose.
Value test_hooks(const release::Release& release, const Value& filters);

}  // namespace taut::flux
