#include <fmt/format.h>

#include "health/argo_checks.hh"

namespace taut::argo_health {

// Mirrors gitops-engine health_apiservice.go.
Health api_service(const Value& object) {
  const Value& available = condition(object, "Available");
  if (available.is_null()) return progressing("Waiting to be processed");
  std::string message = fmt::format("{}: {}", available["reason"].as_string(), available["message"].as_string());
  return available["status"].as_string() == "True" ? healthy(message) : progressing(message);
}

}  // namespace taut::argo_health
