// The checks behind argo.hh, one file each, and the few reads that they share.
#pragma once

#include <cstdint>
#include <optional>

#include "health/health.hh"

namespace taut::argo_health {

Health api_service(const Value& object);
Health daemon_set(const Value& object);
Health deployment(const Value& object);
Health horizontal_pod_autoscaler(const Value& object);
Health ingress(const Value& object);
Health job(const Value& object);
Health persistent_volume_claim(const Value& object);
Health pod(const Value& object);
Health replica_set(const Value& object);
Health service(const Value& object);
Health stateful_set(const Value& object);
Health workflow(const Value& object);

inline Health healthy(std::string message = {}) { return {HealthState::kHealthy, std::move(message)}; }
inline Health progressing(std::string message = {}) { return {HealthState::kProgressing, std::move(message)}; }
inline Health degraded(std::string message = {}) { return {HealthState::kDegraded, std::move(message)}; }

// The first condition of that type in status.conditions; null when there is none.
const Value& condition(const Value& object, std::string_view type);

// spec.replicas, which the checks tell from absent.
std::optional<int64_t> spec_replicas(const Value& object);

// True when the controller has not yet seen the last change of the spec.
bool behind(const Value& object);

}  // namespace taut::argo_health
