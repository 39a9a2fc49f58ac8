#include "dialect/flux/receiver.hh"

#include <algorithm>
#include <array>

#include "base/sha256.hh"
#include "base/strings.hh"
#include "dialect/flux/conditions.hh"
#include "dialect/flux/source.hh"

namespace taut::flux {
namespace {

constexpr std::array<std::string_view, 10> kTypes = {"generic", "generic-hmac", "github", "gitlab", "bitbucket",
                                                     "harbor", "dockerhub", "quay", "nexus", "acr"};

std::optional<std::string> unsupported(const Value& spec) {
  std::string_view type = spec["type"].as_string();
  if (std::ranges::find(kTypes, type) == kTypes.end())
    return fmt::format("spec.type: {} is not supported: its senders prove who they are by tokens or events that taut does not check yet", type);
  if (!spec["resourceFilter"].empty()) return "spec.resourceFilter is not supported: CEL expressions are not evaluated yet";
  size_t index = 0;
  for (const Value& resource : spec["resources"].items()) {
    if (!resource["filter"].empty()) return fmt::format("spec.resources[{}].filter is not supported: CEL expressions are not evaluated yet", index);
    ++index;
  }
  return std::nullopt;
}

std::string default_version(std::string_view kind) {
  for (std::string_view source : {"Bucket", "HelmChart", "HelmRepository", "GitRepository", "OCIRepository"})
    if (kind == source) return "source.toolkit.fluxcd.io/v1";
  if (kind == "ImageRepository") return "image.toolkit.fluxcd.io/v1";
  return kind == "ArtifactGenerator" ? "source.extensions.fluxcd.io/v1beta1" : "";
}

}  // namespace

std::string receiver_path(std::string_view token, std::string_view name, std::string_view ns) {
  return fmt::format("{}{}", kReceiverPath, sha256_hex(fmt::format("{}{}{}", token, name, ns)));
}

Result<std::string> receiver_token(const Value& object, const Value& secret) {
  const Value& ref = object["spec"]["secretRef"]["name"];
  if (ref.empty()) return fail(Code::kInvalid, "secretRef is required when type is not generic-oidc");
  std::string name = fmt::format("{}/{}", namespace_of(object), ref.as_string());
  if (secret.is_null())
    return fail(Code::kNotFound, "unable to read token from secret '{}' error: Secret \"{}\" not found", name, ref.as_string());
  Value data = secret_data(secret);
  if (!data.contains("token")) return fail(Code::kInvalid, "invalid '{}' secret data: required fields 'token'", name);
  return data["token"].str();
}

Value receiver_status(const Value& object, const Result<std::string>& token, Time now, std::vector<Note>& notes) {
  Value status = object["status"].is_map() ? object["status"] : Value::map();
  int64_t generation = object["metadata"]["generation"].as_int();
  Conditions conditions(status["conditions"], generation, now);
  Value before = conditions.find(kReady);
  conditions.remove(kStalled);
  conditions.remove(kReconciling);
  if (auto why = unsupported(object["spec"])) {
    conditions.set_false(kReady, kUnsupportedField, *why);
    conditions.set_true(kStalled, kUnsupportedField, *why);
    status.erase("webhookPath");
    status.set("observedGeneration", generation);
  } else if (!token) {
    conditions.set_false(kReady, "TokenNotFound", token.error().message());
    conditions.set_true(kReconciling, kProgressingWithRetry, "Reconciliation in progress");
    status.erase("webhookPath");
  } else {
    std::string path = receiver_path(*token, name_of(object), namespace_of(object));
    conditions.set_true(kReady, kSucceeded, "Receiver initialized for path: " + path);
    status.set("webhookPath", path);
    status.set("observedGeneration", generation);
  }
  const Value& ready = conditions.find(kReady);
  if (ready["message"] != before["message"]) {
    bool good = ready["status"].as_string() == "True";
    std::string said = good ? "Reconciliation finished, next run in " + format_go_duration(parse_go_duration(object["spec"]["interval"].as_string()).value_or(std::chrono::minutes(10)))
                            : ready["message"].str();
    notes.push_back({good ? "Normal" : "Warning", ready["reason"].str(), said});
  }
  std::string_view requested = annotation_of(object, kRequestedAt);
  if (!requested.empty()) status.set("lastHandledReconcileAt", requested);
  status.set("conditions", conditions.list());
  return status;
}

Result<ReceiverTarget> receiver_target(const Value& object, const Value& resource, bool own_namespace_only) {
  std::string version = resource["apiVersion"].str();
  if (version.empty()) version = default_version(resource["kind"].as_string());
  if (version.empty()) return fail(Code::kInvalid, "apiVersion must be specified for kind \"{}\"", resource["kind"].as_string());
  ReceiverTarget out;
  out.gvk = Gvk::parse(version, resource["kind"].as_string());
  out.ns = resource["namespace"].empty() ? std::string(namespace_of(object)) : resource["namespace"].str();
  out.name = resource["name"].str();
  if (own_namespace_only && out.ns != namespace_of(object))
    return fail(Code::kForbidden, "resources '{}/{}/{}' is not allowed: cross-namespace references have been blocked", out.gvk.kind, out.ns, out.name);
  if (out.name != "*") return out;
  out.name.clear();
  if (resource["matchLabels"].empty()) return fail(Code::kInvalid, "matchLabels field not set when using wildcard '*' as name");
  for (const Entry& entry : resource["matchLabels"].entries())
    out.label_selector += fmt::format("{}{}={}", out.label_selector.empty() ? "" : ",", entry.key(), entry.value.as_string());
  return out;
}

}  // namespace taut::flux
