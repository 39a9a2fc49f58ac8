// Flux's Receiver: a path below /hook/ whose callers have objects reconciled at once (notification.toolkit.fluxcd.io/v1,
// notification-controller 1.9). Who may call is checked in server/receiver_check.hh.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hh"
#include "base/time.hh"
#include "dialect/flux/kustomization_status.hh"
#include "dialect/flux/words.hh"

namespace taut::flux {

inline constexpr std::string_view kReceiverPath = "/hook/";
inline Gvk receiver_gvk() { return {"notification.toolkit.fluxcd.io", "v1", "Receiver"}; }

// "/hook/<sha256 of token, name and namespace>".
std::string receiver_path(std::string_view token, std::string_view name, std::string_view ns);

// What a request must prove, and whether the Receiver hears any now.
struct ReceiverCheck {
  std::string name;  // "<namespace>/<name>"
  std::string type;
  std::vector<std::string> events;
  std::string token;
  bool answers = false;  // neither suspended nor without a path
};

// The token of the Secret that a Receiver names; null where it is not there. kInvalid, kNotFound in Flux's words.
Result<std::string> receiver_token(const Value& object, const Value& secret);

// The whole status with this token or the reason for none. A Receiver with fields that taut does not know is stalled.
Value receiver_status(const Value& object, const Result<std::string>& token, Time now, std::vector<Note>& notes);

// One of spec.resources.
struct ReceiverTarget {
  Gvk gvk;
  std::string ns;
  std::string name;            // empty: by labels
  std::string label_selector;  // "a=b,c=d"
};
// kInvalid: "apiVersion must be specified for kind "X"", "matchLabels field not set when using wildcard '*' as name".
// `own_namespace_only`: --no-cross-namespace-refs.
Result<ReceiverTarget> receiver_target(const Value& object, const Value& resource, bool own_namespace_only = false);

}  // namespace taut::flux
