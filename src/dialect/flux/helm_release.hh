// Flux's HelmRelease: what it asks for (helm.toolkit.fluxcd.io/v2, helm-controller 1.6).
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "dialect/flux/kustomization.hh"
#include "dialect/flux/target_cluster.hh"

namespace taut::flux {

struct HelmRelease {
  ObjectName self;
  int64_t generation = 0;
  bool suspended = false, deleting = false, finalized = false;
  Duration interval{};
  std::string release;     // the name of the release in the cluster, 53 bytes at most
  std::string ns;          // that it goes to
  std::string storage_ns;  // where its records are
  std::vector<Dependency> depends_on;
  ObjectName chart;  // the HelmChart that spec.chart makes; empty with spec.chartRef
  SourceRef source;  // where the chart is: that HelmChart, or what spec.chartRef names
  Target target;
  std::optional<Hold> unsupported;
};
// Never fails: fields that are not supported become a hold.
HelmRelease read_helm_release(const Value& object, const Tenancy& tenancy = {});

// The name as it is, or its first 40 bytes and 12 digits of its hash.
std::string short_release_name(const std::string& name);

// The HelmChart that spec.chart asks for, as it is applied.
Value helm_chart_of(const Value& object, const HelmRelease& read);

// spec.<action>.timeout, else spec.timeout, else five minutes.
Duration helm_timeout(const Value& spec, std::string_view action);

// What is to be done when an install or an upgrade has failed: spec.<action>.remediation.
struct Remediation {
  std::string action;  // "install", "upgrade"
  int64_t retries = 0;
  bool last_too = false;      // the last failure is remediated as well
  bool ignore_tests = false;  // failed tests count for nothing
  bool uninstall = false;     // instead of rolling back
  int64_t failures = 0;       // so far

  bool exhausted() const { return retries >= 0 && failures > retries; }
};
Remediation remediation_of(const Value& spec, const Value& status, const std::string& action);
// That of the action that was attempted last.
std::optional<Remediation> active_remediation(const Value& spec, const Value& status);
// Of the action that was attempted last: after how long it is tried again, where its strategy is RetryOnFailure.
std::optional<Duration> active_retry(const Value& spec, const Value& status);

bool wants_drift(const Value& spec);  // driftDetection.mode is enabled or warn
inline bool wants_tests(const Value& spec) { return spec["test"]["enable"].as_bool(); }

}  // namespace taut::flux
