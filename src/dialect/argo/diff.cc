#include "dialect/argo/diff.hh"

#include <algorithm>

#include "base/base64.hh"
#include "dialect/argo/diff_endpoints.hh"
#include "dialect/argo/diff_scheme.hh"
#include "object/id.hh"
#include "plan/intent.hh"
#include "smd/last_applied.hh"
#include "smd/smd.hh"
#include "smd/three_way.hh"
#include "value/json.hh"
#include "value/patch.hh"

namespace taut::argo {
namespace {

Error refused(std::string_view what, const std::string& message) {
  return Error(Code::kInvalid, fmt::format("{}: {}", what, message));
}

DiffResult result_of(Value predicted, Value live) {
  bool modified = !(predicted == live);
  return {modified, std::move(live), std::move(predicted)};
}

Result<DiffResult> created_or_deleted(const Value& desired, const Value& live) {
  if (desired.is_null() && live.is_null()) return fail(Code::kInvalid, "both live and config are null objects");
  if (desired.is_null()) return DiffResult{false, live, nullptr};
  return DiffResult{true, nullptr, desired};
}

void normalize_secret(Value& object) {
  if (const Value* text = object.find("stringData"); text && text->is_map()) {
    Value plain = *text;
    for (const Entry& entry : plain.entries())
      object.edit("data").set(entry.key(), entry.value.is_string() ? Value(base64_encode(entry.value.as_string())) : entry.value);
    if (object["data"].is_null()) object.set("data", Value::map());
    object.erase("stringData");
  }
  Value data = object["data"];
  for (const Entry& entry : data.entries())
    if (entry.value.is_null()) object.edit("data").set(entry.key(), "");
}

void normalize_role(Value& object, bool ignore_aggregated) {
  if (ignore_aggregated && object["aggregationRule"].is_map()) object.set("rules", nullptr);
  if (object["rules"].is_list() && object["rules"].empty()) object.set("rules", nullptr);
}

// The namespace is always in the live object, and an empty map of annotations is none.
Value without_namespace(Value object) {
  if (!object["metadata"].is_map()) return object;
  Value& metadata = object.edit("metadata");
  metadata.erase("namespace");
  if (const Value* annotations = metadata.find("annotations"); annotations && annotations->empty()) metadata.erase("annotations");
  return object;
}

// The server fills in more of a volume claim's template than defaults tell.
Value without_claim_defaults(const Value& original, Value live) {
  const Value &pattern = original["spec"]["volumeClaimTemplates"], &there = live["spec"]["volumeClaimTemplates"];
  if (!pattern.is_list() || !there.is_list()) return live;
  Value kept = restricted(there, pattern);
  live.edit("spec").set("volumeClaimTemplates", std::move(kept));
  return live;
}

Result<DiffResult> three_way_typed(const Value& original, const Value& desired, const Value& live, const schema::Type& type) {
  Gvk gvk = Gvk::of(original);
  bool stateful = (gvk.group == "apps" || gvk.group == "extensions") && gvk.kind == "StatefulSet";
  Value base = stateful ? without_claim_defaults(original, live) : live;
  // The patch is made against `base` and laid over the live object.
  auto merged = smd::three_way_merge(original, desired, base, type);
  if (!merged) return tl::unexpected(refused("failed to construct thre way merge patch", merged.error().message));
  if (stateful && base != live) {
    auto patch = smd::strategic_patch(base, *merged, type);
    if (!patch) return tl::unexpected(refused("failed to construct strategic merge patch", patch.error().message));
    merged = patch->empty() ? live : smd::three_way_merge(base, *merged, live, type);
    if (!merged) return tl::unexpected(refused("failed to construct strategic merge patch", merged.error().message));
  }
  return result_of(with_defaults(*merged), with_defaults(live));
}

// Of a difference between two objects the half that adds and changes, or the half that removes.
Value half_of(const Value& patch, bool removals) {
  Value out = Value::map();
  for (const Entry& entry : patch.entries()) {
    if (entry.value.is_null()) {
      if (removals) out.append_sorted(entry.name, nullptr);
    } else if (entry.value.is_map() && !entry.value.empty()) {
      Value inner = half_of(entry.value, removals);
      if (!inner.empty()) out.append_sorted(entry.name, std::move(inner));
    } else if (!removals) {
      out.append_sorted(entry.name, entry.value);
    }
  }
  return out;
}

// The difference as a JSON merge patch, with empty maps kept.
Value json_difference(const Value& before, const Value& after) {
  Value out = Value::map();
  for (const Entry& entry : before.entries())
    if (!after.contains(entry.key())) out.set(entry.key(), nullptr);
  for (const Entry& entry : after.entries()) {
    const Value* old = before.find(entry.key());
    if (old && *old == entry.value) continue;
    if (!old || !old->is_map() || !entry.value.is_map()) {
      out.set(entry.key(), entry.value);
      continue;
    }
    Value inner = json_difference(*old, entry.value);
    if (!inner.empty()) out.set(entry.key(), std::move(inner));
  }
  return out;
}

DiffResult three_way_json(const Value& original, const Value& desired, const Value& live) {
  Value changes = half_of(json_difference(restricted(live, original), desired), false);
  Value removals = half_of(json_difference(original, desired), true);
  return result_of(apply_merge_patch(apply_merge_patch(live, removals), changes), live);
}

}  // namespace

void normalize(Value& object, const DiffOptions& options) {
  if (object["metadata"].contains("creationTimestamp")) object.edit("metadata").erase("creationTimestamp");
  Gvk gvk = Gvk::of(object);
  bool role = gvk.group == "rbac.authorization.k8s.io" && (gvk.kind == "ClusterRole" || gvk.kind == "Role");
  if (gvk.group.empty() && gvk.kind == "Secret") normalize_secret(object);
  if (role) normalize_role(object, options.ignore_aggregated_roles);
  if (gvk.group.empty() && gvk.kind == "Endpoints") normalize_endpoints(object);
  if (options.normalizer) object = options.normalizer->normalize(std::move(object));
}

Result<DiffResult> three_way_diff(const Value& original, const Value& desired, const Value& live) {
  Value before = without_namespace(original), wanted = without_namespace(desired);
  if (const schema::Type* type = scheme_type(before)) return three_way_typed(before, wanted, live, *type);
  return three_way_json(before, wanted, live);
}

Result<DiffResult> diff(Value desired, Value live, const DiffOptions& options) {
  DiffOptions before = options;
  // Server-side, what is to be ignored must be in the request.
  if (options.server_side) before.normalizer = nullptr;
  for (Value* object : {&desired, &live}) {
    if (object->is_null()) continue;
    *object = remarshalled(*object);
    normalize(*object, before);
  }
  if (options.server_side)
    return server_side_diff(desired, live, options).map_error([](const Error& error) {
      return refused("error calculating server side diff: serverSideDiff error", error.message());
    });
  bool structured = options.structured_merge || plan::has_option(desired, plan::kSyncOptionsAnnotation, "ServerSideApply=true");
  if (structured)
    return structured_merge_diff(desired, live, options.manager).map_error([](const Error& error) {
      return refused("error calculating structured merge diff", error.message());
    });
  if (desired.is_null() || live.is_null()) return created_or_deleted(desired, live);
  auto original = parse_json(annotation_of(live, smd::kLastAppliedAnnotation));
  if (original && original->is_map()) {
    normalize(*original, options);
    if (auto result = three_way_diff(*original, desired, live)) return result;
  }
  return three_way_diff(desired, desired, live);
}

}  // namespace taut::argo
