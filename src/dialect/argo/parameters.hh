// The parameters of Argo CD's controller that taut has too: ConfigMap argocd-cmd-params-cm, and the intervals of
// argocd-cm. Read once, at start, as Argo CD does.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/time.hh"
#include "value/value.hh"

namespace taut::argo {

inline constexpr std::string_view kParametersName = "argocd-cmd-params-cm";

struct Parameters {
  std::optional<int64_t> status_processors;     // controller.status.processors
  std::optional<int64_t> operation_processors;  // controller.operation.processors
  std::optional<Duration> self_heal_base;       // controller.self.heal.backoff.timeout.seconds
  std::optional<double> self_heal_factor;       // controller.self.heal.backoff.factor
  std::optional<Duration> self_heal_cap;        // controller.self.heal.backoff.cap.seconds
  std::optional<Duration> sync_timeout;         // controller.sync.timeout.seconds, unless it is 0
  std::optional<bool> progressive_syncs;        // applicationsetcontroller.enable.progressive.syncs
  std::vector<std::string> application_namespaces;  // application.namespaces: beside the control namespace
  // What ApplicationSets may do at most, or without a wish of their own: applicationsetcontroller.policy, .enable.policy.override.
  std::string set_policy;
  bool set_policy_yields = true;
  // applicationsetcontroller.enable.scm.providers, .allowed.scm.providers, .enable.tokenref.strict.mode.
  bool scm_enabled = true;
  std::vector<std::string> scm_allowed;
  bool scm_strict_tokens = false;
  std::optional<Duration> poll_interval;        // timeout.reconciliation
  std::optional<Duration> poll_jitter;          // timeout.reconciliation.jitter
  // "controller.status.processors: \"many\" is no positive number".
  std::vector<std::string> errors;
};

// Either may be null.
Parameters read_parameters(const Value& parameters_map, const Value& settings_map);

}  // namespace taut::argo
