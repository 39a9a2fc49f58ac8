// What API servers and admission checks say when they refuse a write.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/strings.hh"
#include "health/reason_rules.hh"
#include "object/id.hh"
#include "value/json.hh"
#include "value/pointer.hh"

namespace taut {
namespace reason {
namespace {

// The value of `name` in "requested: pods=1, used: pods=2,cpu=1, limited: pods=2" for one resource.
std::string_view figure(std::string_view message, std::string_view name, std::string_view resource) {
  std::string_view before, after;
  if (!cut(message, name, before, after)) return {};
  after = after.substr(0, after.find(", "));
  for (std::string_view pair : split(after, ',')) {
    std::string_view key, value;
    if (cut(trim(pair), "=", key, value) && key == resource) return value;
  }
  return {};
}

}  // namespace

std::optional<Reason> said_by_quota(std::string_view message, std::string_view ns, const std::string& pods, const Surroundings& around) {
  std::string_view before, rest, asked;
  if (!cut(message, "exceeded quota: ", before, rest)) return std::nullopt;
  std::string_view name = rest.substr(0, rest.find(','));
  cut(rest, "requested: ", before, asked);
  std::string_view resource = asked.substr(0, asked.find('='));
  std::string where = around.source.empty() ? "in Git" : "in " + around.source;
  return Reason{"quota",
                fmt::format("Quota {} of {} is used up ({} of {} {}); {}.", name, ns, figure(rest, ", used: ", resource),
                            figure(rest, ", limited: ", resource), resource, pods),
                fmt::format("Free some or raise it {}.", where),
                {},
                "exceeded quota",
                {},
                fmt::format("quota {} of {}", name, ns)};
}

std::optional<Reason> said_by_policy(std::string_view message, const std::string& refused, const Surroundings& around) {
  std::string_view before, rest, policy, why;
  bool webhook = cut(message, "admission webhook \"", before, rest) && cut(rest, "\" denied the request: ", policy, why);
  // ValidatingAdmissionPolicy 'p' with binding 'b' denied request: why
  if (!webhook && !(cut(message, "ValidatingAdmissionPolicy '", before, rest) && cut(rest, "'", policy, rest) &&
                    cut(rest, " denied request: ", before, why)))
    return std::nullopt;
  return Reason{"refused",
                fmt::format("Policy {} refused {}: {}.", policy, refused, trim_right(trim(why), ".")),
                around.source.empty() ? "Change it in Git, or the policy." : fmt::format("{}.", around.source),
                "Show the rule",
                "denied",
                {}};
}

// failed calling webhook "x": failed to call webhook: Post "https://svc.ns.svc:443/p?timeout=10s": dial tcp: ...
std::optional<Reason> said_of_webhook(std::string_view message) {
  std::string_view before, rest, name, url, host;
  if (!cut(message, "failed calling webhook \"", before, rest) || !cut(rest, "\"", name, rest)) return std::nullopt;
  bool posted = cut(rest, "Post \"", before, url) && cut(url, "://", before, url);
  host = posted ? url.substr(0, url.find_first_of(":/\"?")) : std::string_view();
  std::string_view missing, found;  // service "x" not found
  if (host.empty() && cut(rest, "service \"", before, missing) && cut(missing, "\"", found, rest)) host = found;
  std::string service = host.empty() ? "" : fmt::format(" ({})", host);
  return Reason{"admission-silent",
                fmt::format("The admission check {} did not answer{}, so nothing of this kind can change.", name, service),
                "Repair that service.",
                {},
                "failed calling webhook",
                {},
                fmt::format("the admission check {}", name)};
}

}  // namespace reason

namespace {

using reason::spoken_time;

std::string object_of(const Refusal& refusal) {
  const Value& object = refusal.desired.is_null() ? refusal.live : refusal.desired;
  return fmt::format("{} {}", object["kind"].as_string(), name_of(object));
}

// The Group and Kind that the cluster does not serve, from the words of apimachinery or of Argo CD.
std::optional<Reason> unknown_kind(const Refusal& refusal) {
  std::string_view message = refusal.message;
  if (!contains(message, "no matches for kind") && !contains(message, "The Kubernetes API could not find") &&
      !contains(message, "the server could not find the requested resource"))
    return std::nullopt;
  Gvk gvk = Gvk::of(refusal.desired);
  std::string next = refusal.provider.empty() ? "Install its CRD, or correct apiVersion and kind."
                                              : fmt::format("Its CRD comes with {}; sync that first.", refusal.provider);
  return Reason{"kind-unknown",
                fmt::format("The cluster does not know {} ({}).", gvk.kind, gvk.group.empty() ? gvk.version : gvk.group),
                next,
                refusal.provider.empty() ? "" : "Add dependency",
                "no matches for kind",
                {},
                fmt::format("the kind {} ({})", gvk.kind, gvk.group.empty() ? gvk.version : gvk.group)};
}

constexpr std::array<std::string_view, 5> kImmutable = {"field is immutable", "may not change once set", "are immutable", "is immutable",
                                                        "updates to statefulset spec for fields other than"};

// "spec.selector" of `Deployment.apps "web" is invalid: spec.selector: Invalid value: {...}: field is immutable`.
std::string_view field_named(std::string_view message) {
  std::string_view before, rest, field, after;
  if (!cut(message, " is invalid: ", before, rest)) return {};
  for (std::string_view word : {": Invalid value", ": Forbidden"})
    if (cut(rest, word, field, after)) return trim(field.substr(field.find_last_of("[, ") == std::string_view::npos ? 0 : field.find_first_not_of('[')));
  return {};
}

const Value& at_path(const Value& object, std::string_view path) {
  const Value* at = &object;
  for (std::string_view step : split(path, '.')) {
    std::string_view key = step.substr(0, step.find('['));
    at = &(*at)[key];
    if (auto open = step.find('['); open != std::string_view::npos)
      if (auto index = pointer_index(step.substr(open + 1, step.find(']') - open - 1))) at = &(*at)[*index];
  }
  return *at;
}

// The parts of a StatefulSet that cannot change; the server names only those that can.
std::string changed_part(const Refusal& refusal, std::string_view field) {
  if (field != "spec") return std::string(field);
  for (std::string_view part : {"serviceName", "selector", "volumeClaimTemplates", "podManagementPolicy"})
    if (refusal.desired["spec"].contains(part) && refusal.desired["spec"][part] != refusal.live["spec"][part]) return fmt::format("spec.{}", part);
  return std::string(field);
}

std::string in_short(const Value& value) {
  std::string text = value.is_string() ? value.str() : value.is_null() ? "nothing" : to_json(value);
  return text.size() <= 60 ? text : text.substr(0, text.find_last_of(",}", 57)) + "…";
}

std::string_view effect_of_replacing(std::string_view kind) {
  if (kind == "Deployment" || kind == "StatefulSet" || kind == "DaemonSet" || kind == "ReplicaSet") return "its pods stop until the new ones are ready";
  if (kind == "PersistentVolumeClaim" || kind == "PersistentVolume") return "its data may be lost";
  if (kind == "Service") return "its address changes";
  if (kind == "Job") return "it runs again";
  return "it is gone for a moment";
}

std::optional<Reason> immutable(const Refusal& refusal) {
  if (std::ranges::none_of(kImmutable, [&](std::string_view words) { return contains(refusal.message, words); })) return std::nullopt;
  std::string field = changed_part(refusal, field_named(refusal.message));
  if (field.empty()) field = "A field";
  const Value& before = at_path(refusal.live, field);
  const Value& after = at_path(refusal.desired, field);
  bool secret = refusal.desired["kind"].as_string() == "Secret";
  std::string change = secret || before == after ? "" : fmt::format(" ({} to {})", in_short(before), in_short(after));
  return Reason{"immutable",
                fmt::format("{} of {} cannot be changed in place{}.", field, object_of(refusal), change),
                fmt::format("Replace it (deletes first; {}) or rename.", effect_of_replacing(refusal.desired["kind"].as_string())),
                "Plan a replace",
                "field is immutable",
                {}};
}

// Apply failed with 1 conflict: conflict with "hpa" with subresource "scale" using autoscaling/v1: .spec.replicas
// Apply failed with 2 conflicts: conflicts with "a" using v1:\n- .x\n- .y
std::optional<Reason> conflict(const Refusal& refusal) {
  std::string_view before, rest, manager, field;
  if (!cut(refusal.message, "Apply failed with ", before, rest)) return std::nullopt;
  if (!cut(rest, "with \"", before, rest) || !cut(rest, "\"", manager, rest)) return std::nullopt;
  size_t dot = std::min(rest.find(": ."), rest.find("\n- ."));
  if (dot == std::string_view::npos) return std::nullopt;
  field = rest.substr(rest.find('.', dot) + 1);
  field = field.substr(0, field.find('\n'));
  std::string since;
  for (const Value& entry : refusal.live["metadata"]["managedFields"].items())
    if (entry["manager"].as_string() == manager && !entry["time"].empty()) since = " since " + spoken_time(entry["time"].as_string());
  return Reason{"conflict",
                fmt::format("{} of {} belongs to {}{}.", field, object_of(refusal), manager, since),
                "Leave it to them (ignore rule) or take it over.",
                "Take over in a plan",
                "conflict",
                {}};
}

}  // namespace

std::optional<Reason> explain_refusal(const Refusal& refusal, const Surroundings& around) {
  std::string object = object_of(refusal);
  auto found = reason::said_of_webhook(refusal.message);
  if (!found) found = reason::said_by_quota(refusal.message, namespace_of(refusal.desired), object + " was refused", around);
  if (!found) found = reason::said_by_policy(refusal.message, object, around);
  if (!found) found = conflict(refusal);
  if (!found) found = immutable(refusal);
  if (!found) found = unknown_kind(refusal);
  if (found) found->object = object;
  return found;
}

}  // namespace taut
