// What Flux's sources have in common: how they are opened, how they fail, and their status (source-controller 1.9).
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "dialect/flux/artifacts.hh"
#include "dialect/flux/kustomization_status.hh"
#include "port/scm.hh"

namespace taut::flux {

// What a secretRef and a proxySecretRef say.
struct SourceAccess {
  std::string username;
  std::string password;
  std::string bearer_token;
  std::string ssh_identity;
  std::string ssh_known_hosts;
  std::string ca_certificates;
  std::string client_certificate;
  std::string client_key;
  std::string proxy;
  GitHubApp app = {};
  bool operator==(const SourceAccess&) const = default;
};

// Repositories that are opened with these credentials and with no others. Never null; called from several threads.
using OpenRepositories = std::function<std::shared_ptr<Repositories>(const SourceAccess& access)>;

// Why a source could not be reconciled, as its conditions say it.
struct SourceError {
  std::string type;    // "FetchFailed", "IncludeUnavailable", "StorageOperationFailed"; or "SourceVerified", which is then False
  std::string reason;  // "GitOperationFailed"
  std::string message;
  bool stalled = false;
};
inline SourceError fetch_failed(std::string reason, std::string message) { return {"FetchFailed", std::move(reason), std::move(message)}; }

// A Secret's data in plain text.
Value secret_data(const Value& secret);
// The access that the Secret of a `secretRef` gives to a URL; kInvalid in Flux's words. A GitHub App is read
// whatever spec.provider says: check_provider is asked next.
Result<SourceAccess> read_access(const Value& secret, std::string_view url);
// What spec.provider makes of a GitRepository's access: "github" takes the tokens of the Secret's GitHub App and needs one, the
// others do not take it. In Flux's words.
std::optional<SourceError> check_provider(const Value& object, const SourceAccess& access);
// "http://user:password@proxy:3128" of the Secret of a proxySecretRef.
Result<std::string> read_proxy(const Value& secret);

struct SourceOutcome {
  std::optional<Artifact> artifact;  // as it is now; nothing: as it was
  std::optional<SourceError> error;
  // How the artifact is told of; empty: as Git's and OCI's are.
  std::string reason = {}, message = {};              // of the conditions
  std::string event_reason = {}, event_message = {};  // of the event
  std::string verified = {};  // of an artifact: what the condition SourceVerified says; empty: nothing was to be verified
  Value observed = Value::map();  // further fields of the status; null: to be removed
};

// The whole status after an attempt. `notes`: what is to be told by events.
Value source_status(const Value& object, const SourceOutcome& outcome, Time now, std::vector<Note>& notes);
// When what went well is looked at again: not all of the same interval at the same time.
Duration jittered(Duration interval, std::string_view object);
// How long to wait after this many failures in a row.
Duration source_retry(int failures);

}  // namespace taut::flux
