// Kubernetes events about Applications, in Argo CD's words.
#pragma once

#include <optional>
#include <string>

#include "engine/event.hh"

namespace taut::argo {

struct EventText {
  std::string type;    // "Normal" or "Warning"
  std::string reason;  // "OperationStarted", "OperationCompleted", "ResourceUpdated"
  std::string message;
};

// Nothing for what Argo CD writes no event about.
std::optional<EventText> event_of(const engine::Notice& notice);

}  // namespace taut::argo
