#include "dialect/argo/events.hh"

#include <fmt/format.h>

namespace taut::argo {

std::optional<EventText> event_of(const engine::Notice& notice) {
  using Kind = engine::Notice::Kind;
  if (notice.kind == Kind::kSyncStarted) return EventText{"Normal", "OperationStarted", notice.message};
  if (notice.kind == Kind::kSyncFinished) {
    std::string text = notice.partial ? "Partial sync operation" : "Sync operation";
    if (!notice.revision.empty()) text += " to " + notice.revision;
    if (!notice.failed) return EventText{"Normal", "OperationCompleted", text + " succeeded"};
    return EventText{"Warning", "OperationCompleted", text + " failed: " + notice.message};
  }
  if (notice.kind == Kind::kHealthChanged)
    return EventText{"Normal", "ResourceUpdated", fmt::format("Updated health status: {} -> {}", notice.before, notice.message)};
  if (notice.kind == Kind::kExplained) return EventText{"Warning", "RootCause", notice.message};
  if (notice.kind == Kind::kRolledBack) return EventText{"Warning", "RolledBack", notice.message};
  return std::nullopt;
}

}  // namespace taut::argo
