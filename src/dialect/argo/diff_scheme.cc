#include "dialect/argo/diff_scheme.hh"

#include <algorithm>
#include <cstdint>

#include "object/id.hh"
#include "sandbox/kinds/shapes.hh"
#include "sandbox/kinds/strategy.hh"
#include "schema/builtin.hh"
#include "smd/strategic.hh"
#include "smd/three_way.hh"

namespace taut::argo {
namespace {

namespace kinds = sandbox::kinds;

constexpr std::string_view kTemplateGeneration = "deprecated.daemonset.template.generation";

bool is_one_of(std::string_view text, std::initializer_list<std::string_view> list) {
  return std::find(list.begin(), list.end(), text) != list.end();
}

// What came of a kind whose version is gone.
Gvk modern(Gvk gvk) {
  if (is_one_of(gvk.group, {"apps", "extensions"}) && is_one_of(gvk.version, {"v1beta1", "v1beta2"}) &&
      is_one_of(gvk.kind, {"Deployment", "DaemonSet", "ReplicaSet", "StatefulSet"}))
    return {"apps", "v1", gvk.kind};
  if (is_one_of(gvk.group, {"admissionregistration.k8s.io", "batch", "policy", "rbac.authorization.k8s.io", "storage.k8s.io",
                            "scheduling.k8s.io", "coordination.k8s.io"}) &&
      is_one_of(gvk.version, {"v1beta1", "v1alpha1"}) && !kinds::shape_of(gvk))
    gvk.version = "v1";
  return gvk;
}

// client-go's scheme has no types for these, though the server does.
bool in_scheme(const Gvk& gvk) {
  return !is_one_of(gvk.group, {"apiextensions.k8s.io", "apiregistration.k8s.io"}) && kinds::shape_of(gvk);
}

void set_default(Value& object, std::string_view key, Value value) {
  if (!object.is_map()) object = Value::map();
  if (!object.contains(key)) object.set(key, std::move(value));
}

// Workloads before apps/v1 took labels and selector from their template, and some numbers were others.
void add_old_workload_defaults(const Gvk& gvk, Value& object) {
  bool beta1 = gvk.version == "v1beta1", extensions = gvk.group == "extensions";
  Value labels = object["spec"]["template"]["metadata"]["labels"];
  if (labels.is_map() && beta1) {
    if (!object["spec"]["selector"].is_map()) object.edit("spec").set("selector", Value::map({{"matchLabels", labels}}));
    if (object["metadata"]["labels"].empty()) object.edit("metadata").set("labels", labels);
  }
  Value& spec = object.edit("spec");
  if (gvk.kind == "Deployment" && extensions) {
    set_default(spec, "progressDeadlineSeconds", int64_t{INT32_MAX});
    set_default(spec, "revisionHistoryLimit", int64_t{INT32_MAX});
    if (spec["strategy"]["type"].as_string("RollingUpdate") == "RollingUpdate")
      for (const char* key : {"maxSurge", "maxUnavailable"}) set_default(spec.edit("strategy").edit("rollingUpdate"), key, int64_t{1});
  } else if (gvk.kind == "Deployment" && beta1) {
    set_default(spec, "revisionHistoryLimit", int64_t{2});
  } else if (beta1 && (gvk.kind == "StatefulSet" || gvk.kind == "DaemonSet")) {
    set_default(spec.edit("updateStrategy"), "type", "OnDelete");
  }
}

void add_old_webhook_defaults(Value& object) {
  for (size_t i = 0; i < object["webhooks"].size(); ++i) {
    Value& webhook = object.edit("webhooks").edit(i);
    set_default(webhook, "failurePolicy", "Ignore");
    set_default(webhook, "matchPolicy", "Exact");
    set_default(webhook, "sideEffects", "Unknown");
    set_default(webhook, "timeoutSeconds", int64_t{30});
    set_default(webhook, "admissionReviewVersions", Value::list({"v1beta1"}));
  }
}

// What a server adds as it converts, not by defaults: claims their own apiVersion and kind, a DaemonSet the number of its
// template.
void drop_conversions(const Gvk& now, const Value& before, Value& object) {
  if (now.group != "apps") return;
  const Value& claims = before["spec"]["volumeClaimTemplates"];
  for (size_t i = 0; i < claims.size(); ++i)
    for (const char* key : {"apiVersion", "kind"})
      if (!claims[i].contains(key)) object.edit("spec").edit("volumeClaimTemplates").edit(i).erase(key);
  if (now.kind != "DaemonSet" || before["metadata"]["annotations"].contains(kTemplateGeneration)) return;
  Value& metadata = object.edit("metadata");
  metadata.edit("annotations").erase(kTemplateGeneration);
  if (metadata["annotations"].empty() && !before["metadata"].contains("annotations")) metadata.erase("annotations");
}

void add_defaults(const Gvk& gvk, const Gvk& now, Value& object) {
  if (now.group == "apps" && gvk.version != now.version) add_old_workload_defaults(gvk, object);
  if (now.group == "admissionregistration.k8s.io" && gvk.version == "v1beta1") add_old_webhook_defaults(object);
  Value before = object;
  kinds::apply_defaults(now, object);
  drop_conversions(now, before, object);
}

}  // namespace

const schema::Type* scheme_type(const Value& object) {
  Gvk gvk = modern(Gvk::of(object));
  return in_scheme(gvk) ? schema::builtin_type(gvk.group, gvk.version, gvk.kind) : nullptr;
}

Value restricted(const Value& live, const Value& pattern) {
  if (live.is_map() && pattern.is_map()) {
    Value out = Value::map();
    for (const Entry& entry : pattern.entries())
      if (const Value* there = live.find(entry.key())) out.append_sorted(entry.name, restricted(*there, entry.value));
    return out;
  }
  if (live.is_list() && pattern.is_list()) {
    Value out = Value::list();
    for (size_t i = 0; i < live.size(); ++i) out.push_back(i < pattern.size() ? restricted(live[i], pattern[i]) : live[i]);
    return out;
  }
  return live;
}

Value remarshalled(const Value& object) {
  Gvk gvk = modern(Gvk::of(object));
  if (!in_scheme(gvk)) return object;
  kinds::DecodeNotes notes;
  auto decoded = kinds::decode(*kinds::shape_of(gvk), object, &notes);
  if (!decoded || !notes.unknown.empty()) return object;
  return restricted(*decoded, object);
}

Value with_defaults(const Value& object) {
  Gvk gvk = Gvk::of(object), now = modern(gvk);
  if (!in_scheme(now)) return object;
  auto decoded = kinds::decode(*kinds::shape_of(now), object, nullptr);
  if (!decoded) return object;
  Value filled = *decoded;
  add_defaults(gvk, now, filled);
  kinds::settle(*kinds::shape_of(now), filled);
  const schema::Type* type = schema::builtin_type(now.group, now.version, now.kind);
  if (!type) return object;
  auto patch = smd::strategic_patch(*decoded, filled, *type);
  if (!patch) return object;
  auto patched = smd::strategic_merge(object, *patch, *type);
  return patched ? *patched : object;
}

}  // namespace taut::argo
