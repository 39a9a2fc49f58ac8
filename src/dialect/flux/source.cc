#include "dialect/flux/source.hh"

#include <fmt/format.h>

#include <algorithm>

#include "base/base64.hh"
#include "base/hash.hh"
#include "base/strings.hh"
#include "base/url.hh"
#include "dialect/flux/conditions.hh"

namespace taut::flux {
namespace {

constexpr std::string_view kInStorage = "ArtifactInStorage";
constexpr std::string_view kFailures[] = {"FetchFailed", "IncludeUnavailable", "StorageOperationFailed", "BuildFailed"};

// Each key has an older name.
std::string either(const Value& data, std::string_view key, std::string_view old) {
  return data[key].empty() ? data[old].str() : data[key].str();
}

// What is no number is none, as Flux's reader ignores the error.
int64_t number(const Value& text) { return std::atoll(text.str().c_str()); }

GitHubApp read_app(const Value& data) {
  GitHubApp out;
  out.id = number(data["githubAppID"]);
  out.installation = number(data["githubAppInstallationID"]);
  out.owner = data["githubAppInstallationOwner"].str();
  out.private_key = data["githubAppPrivateKey"].str();
  out.api = data["githubAppBaseURL"].str();
  return out;
}

Value artifact_value(const Value& object, const Artifact& artifact, Time now) {
  std::string kind = to_lower(object["kind"].as_string());
  std::string path = fmt::format("{}/{}/{}/{}.tar.gz", kind, namespace_of(object), name_of(object), artifact.sha);
  Value out = Value::map({{"revision", artifact.revision}, {"digest", artifact.digest}, {"path", path},
                          {"url", "taut://" + path}, {"lastUpdateTime", format_rfc3339(now)}});
  if (!artifact.origin.empty()) out.set("metadata", Value::map({{"org.opencontainers.image.revision", artifact.origin}}));
  if (artifact.size != 0) out.set("size", artifact.size);
  const Value& old = object["status"]["artifact"];
  if (old["revision"] == out["revision"] && old["digest"] == out["digest"]) out.set("lastUpdateTime", old["lastUpdateTime"]);
  return out;
}

}  // namespace

Value secret_data(const Value& secret) {
  Value out = Value::map();
  for (const Entry& entry : secret["data"].entries())
    if (auto text = base64_decode(entry.value.as_string())) out.set(entry.key(), *text);
  return out;
}

Result<SourceAccess> read_access(const Value& secret, std::string_view url) {
  Value data = secret_data(secret);
  SourceAccess out;
  out.app = read_app(data);
  out.ca_certificates = either(data, "ca.crt", "caFile");
  out.client_certificate = either(data, "tls.crt", "certFile");
  out.client_key = either(data, "tls.key", "keyFile");
  if (!url.starts_with("ssh://")) {
    out.username = data["username"].str();
    out.password = data["password"].str();
    out.bearer_token = data["bearerToken"].str();
    if (out.username.empty() != out.password.empty())
      return fail(Code::kInvalid, "invalid 'https' auth option: 'username' and 'password' must be set together");
    return out;
  }
  out.ssh_identity = data["identity"].str();
  out.ssh_known_hosts = data["known_hosts"].str();
  if (out.ssh_identity.empty()) return fail(Code::kInvalid, "invalid 'ssh' auth option: 'identity' is required");
  if (out.ssh_known_hosts.empty()) return fail(Code::kInvalid, "invalid 'ssh' auth option: 'known_hosts' is required");
  if (!data["password"].empty())
    return fail(Code::kUnsupported, "secretRef: an SSH identity with a password is not supported yet");
  return out;
}

std::optional<SourceError> check_provider(const Value& object, const SourceAccess& access) {
  const Value& spec = object["spec"];
  constexpr std::string_view kReason = "InvalidProviderConfiguration";
  const GitHubApp& app = access.app;
  if (spec["provider"].as_string() != "github") {
    if (app.id == 0 && app.owner.empty() && !app.given()) return std::nullopt;
    return fetch_failed(std::string(kReason), fmt::format("secretRef '{}/{}' has github app data but provider is not set to github", namespace_of(object),
                                                          spec["secretRef"]["name"].as_string()));
  }
  if (app == GitHubApp()) {
    SourceError error = fetch_failed(std::string(kReason), "secretRef with github app data must be specified when provider is set to github");
    error.stalled = spec["secretRef"].empty();
    return error;
  }
  std::string_view wrong;
  if (app.id == 0) wrong = "app ID must be provided to use github app authentication";
  else if (app.owner.empty() && app.installation == 0) wrong = "app installation owner or ID must be provided to use github app authentication";
  else if (!app.owner.empty() && app.installation != 0) wrong = "only one of app installation owner or ID must be provided to use github app authentication";
  else if (!app.given()) wrong = "private key must be provided to use github app authentication";
  if (wrong.empty()) return std::nullopt;
  return fetch_failed("AuthenticationFailed", fmt::format("failed to configure authentication options: {}", wrong));
}

Result<std::string> read_proxy(const Value& secret) {
  Value data = secret_data(secret);
  std::string address = data["address"].str();
  if (address.empty()) return fail(Code::kInvalid, "invalid proxy secret '{}/{}': key 'address' is missing", namespace_of(secret), name_of(secret));
  std::string_view scheme, rest;
  if (data["username"].empty() || !cut(address, "://", scheme, rest)) return address;
  return fmt::format("{}://{}:{}@{}", scheme, url_encode(data["username"].as_string()), url_encode(data["password"].as_string()), rest);
}

Value source_status(const Value& object, const SourceOutcome& outcome, Time now, std::vector<Note>& notes) {
  Value status = object["status"].is_map() ? object["status"] : Value::map();
  int64_t generation = object["metadata"]["generation"].as_int();
  Conditions conditions(status["conditions"], generation, now);
  for (std::string_view type : kFailures) conditions.remove(type);
  conditions.remove(kStalled);
  conditions.remove(kReconciling);
  if (outcome.artifact) {
    const Value& held = status["artifact"];
    bool fresh = held["revision"].as_string() != outcome.artifact->revision || held["digest"].as_string() != outcome.artifact->digest;
    status.set("artifact", artifact_value(object, *outcome.artifact, now));
    auto either = [](const std::string& said, std::string_view usual) { return said.empty() ? std::string(usual) : said; };
    std::string message = either(outcome.message, fmt::format("stored artifact for revision '{}'", outcome.artifact->revision));
    std::string reason = either(outcome.reason, kSucceeded);
    conditions.set_true(kInStorage, reason, message);
    if (fresh)
      notes.push_back({"Normal", either(outcome.event_reason, "NewArtifact"), either(outcome.event_message, message),
                       {{"revision", outcome.artifact->revision}, {"checksum", outcome.artifact->digest}}});
    if (!outcome.error) conditions.set_true(kReady, reason, message);
    if (!outcome.error && outcome.verified.empty()) conditions.remove(kSourceVerified);
    if (!outcome.verified.empty()) conditions.set_true(kSourceVerified, kSucceeded, outcome.verified);
    const Value& spec = object["spec"];
    for (const auto& [field, observed] : {std::pair("ignore", "observedIgnore"), std::pair("include", "observedInclude"),
                                         std::pair("layerSelector", "observedLayerSelector"), std::pair("sparseCheckout", "observedSparseCheckout"),
                                         std::pair("recurseSubmodules", "observedRecurseSubmodules")})
      if (const Value* value = spec.find(field))
        status.set(observed, *value);
      else
        status.erase(observed);
  }
  if (outcome.error) {
    const SourceError& error = *outcome.error;
    bool again = conditions.find(kReady)["message"].as_string() == error.message;
    conditions.set(error.type, error.type == kSourceVerified ? "False" : "True", error.reason, error.message);
    conditions.set_false(kReady, error.reason, error.message);
    if (error.stalled)
      conditions.set_true(kStalled, error.reason, error.message);
    else
      conditions.set_true(kReconciling, kProgressingWithRetry, "reconciliation in progress");
    if (!again) notes.push_back({"Warning", error.reason, error.message});
  }
  for (const Entry& entry : outcome.observed.entries()) {
    if (entry.value.is_null())
      status.erase(entry.key());
    else
      status.set(entry.key(), entry.value);
  }
  std::string_view requested = annotation_of(object, kRequestedAt);
  if (!requested.empty()) status.set("lastHandledReconcileAt", requested);
  status.set("observedGeneration", generation);
  status.set("conditions", conditions.list());
  return status;
}

// A twentieth at most to either side, the same for the same object: as --interval-jitter-percentage does by default.
Duration jittered(Duration interval, std::string_view object) {
  constexpr int64_t kSteps = 1000, kShare = 20;
  int64_t step = static_cast<int64_t>(hash64(object) % (2 * kSteps + 1)) - kSteps;
  return interval + interval / kShare / kSteps * step;
}

Duration source_retry(int failures) {
  Duration wait = std::chrono::milliseconds(750) * (1 << std::clamp(failures - 1, 0, 20));
  return std::min<Duration>(wait, std::chrono::minutes(15));
}

}  // namespace taut::flux
