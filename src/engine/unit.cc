#include "engine/unit.hh"

#include <algorithm>
#include <array>
#include <cmath>

#include "base/strings.hh"

namespace taut::engine {
namespace {

constexpr std::array<std::string_view, 3> kSyncNames = {"Unknown", "Synced", "OutOfSync"};
constexpr std::array<std::string_view, 5> kPhaseNames = {"Running", "Terminating", "Succeeded", "Failed", "Error"};
constexpr std::array<std::string_view, 5> kCodeNames = {"", "Synced", "SyncFailed", "Pruned", "PruneSkipped"};

}  // namespace

// Written out: clang 14 ends at a default that compares a list of its own kind.
bool Source::operator==(const Source& other) const {
  return repo == other.repo && revision == other.revision && path == other.path && raw == other.raw && parts == other.parts &&
         stamp == other.stamp && manifests == other.manifests;
}

std::span<const Source> Source::each() const { return parts.empty() ? std::span(this, 1) : std::span(parts); }

std::string Source::asked() const {
  std::vector<std::string> revisions;
  for (const Source& part : each()) revisions.push_back(part.revision);
  return join(revisions, ",");
}

Source Source::at(const std::string& wanted) const {
  Source out = *this;
  if (parts.empty()) {
    out.revision = wanted;
    return out;
  }
  auto revisions = split(wanted, ',');
  for (size_t i = 0; i < std::min(revisions.size(), parts.size()); ++i) out.parts[i].revision = revisions[i];
  return out;
}

Duration Retry::delay(int64_t count) const {
  double nanos = static_cast<double>(base.count()) * std::pow(factor, static_cast<double>(std::min<int64_t>(count, 64)));
  return nanos >= static_cast<double>(cap.count()) ? cap : Duration(static_cast<int64_t>(nanos));
}

std::string_view sync_name(SyncState state) { return kSyncNames[static_cast<size_t>(state)]; }
std::string_view phase_name(OperationPhase phase) { return kPhaseNames[static_cast<size_t>(phase)]; }
std::string_view code_name(ResultCode code) { return kCodeNames[static_cast<size_t>(code)]; }

std::optional<OperationPhase> parse_operation_phase(std::string_view name) {
  auto it = std::ranges::find(kPhaseNames, name);
  if (it == kPhaseNames.end()) return std::nullopt;
  return static_cast<OperationPhase>(it - kPhaseNames.begin());
}

}  // namespace taut::engine
