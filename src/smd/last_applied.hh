// How kubectl's client-side apply hands over to server-side apply: the last-applied-configuration annotation.
#pragma once

#include <optional>

#include "smd/updater.hh"

namespace taut::smd {

inline constexpr std::string_view kLastAppliedAnnotation = "kubectl.kubernetes.io/last-applied-configuration";

// The fields that were applied on the client's side and still have that value: an apply by "kubectl" may take them
// without force. Nothing when there is no such annotation, or none that can be used.
std::optional<Set> last_applied_fields(const KindInfo& kind, const Value& live);

// Rewrites the annotation to the configuration just applied, where the object has one.
void refresh_last_applied(Value& object, const Value& config);

}  // namespace taut::smd
