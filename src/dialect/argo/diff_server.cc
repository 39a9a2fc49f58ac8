// The comparisons that go by field ownership: structured merge, and the server's own answer.
#include <algorithm>

#include "base/strings.hh"
#include "dialect/argo/diff.hh"
#include "dialect/argo/diff_scheme.hh"
#include "object/id.hh"
#include "smd/last_applied.hh"
#include "smd/smd.hh"
#include "smd/typed.hh"
#include "smd/updater.hh"

namespace taut::argo {
namespace {

DiffResult result_of(Value predicted, Value live) {
  bool modified = !(predicted == live);
  return {modified, std::move(live), std::move(predicted)};
}

Value without_last_applied(Value object) {
  if (object["metadata"]["annotations"].contains(smd::kLastAppliedAnnotation))
    object.edit("metadata").edit("annotations").erase(smd::kLastAppliedAnnotation);
  return object;
}

Value without_server_metadata(Value object) {
  if (object["metadata"].is_map())
    for (const char* key : {"managedFields", "resourceVersion"}) object.edit("metadata").erase(key);
  return without_last_applied(std::move(object));
}

// The custom resources of a cluster are not known here: nothing is known of their lists.
const schema::Type& merge_type(const Value& object) {
  Gvk gvk = Gvk::of(object);
  auto kind = smd::builtin_kind(object["apiVersion"].as_string(), gvk.kind, "");
  const schema::Type* type = kind ? kind->type(object["apiVersion"].as_string()) : nullptr;
  return type ? *type : schema::deduced_type();
}

// A path that names a field of the key by which its item is found: without it the item would be another.
bool is_part_of_key(const smd::Path& path) {
  using Kind = smd::PathElement::Kind;
  if (path.empty() || path.back().kind != Kind::kField) return false;
  return std::any_of(path.begin(), path.end() - 1, [&](const smd::PathElement& element) {
    return element.kind == Kind::kKey && element.value.size() > 1 && element.value.contains(path.back().value.as_string());
  });
}

bool has_below(const smd::Set& set, const smd::Path& path) {
  const smd::Set* at = &set;
  for (const smd::PathElement& element : path) {
    at = at->below(element);
    if (!at) return false;
  }
  return !at->empty();
}

// What the manager owns of the answer, over the live object: what webhooks added is as it was.
Result<Value> without_mutations(const Value& predicted, const Value& live, const std::string& manager) {
  const Value& entries = predicted["metadata"]["managedFields"];
  if (entries.empty())
    return fail(Code::kInvalid, "predictedLive for resource {}/{} must have the managedFields", predicted["kind"].as_string(), name_of(predicted));
  smd::Set mine;
  for (const Value& entry : entries.items()) {
    TAUT_ASSIGN(smd::Set fields, smd::Set::decode(entry["fieldsV1"]));
    if (entry["manager"].as_string() == manager) mine = mine.united(fields);
  }
  if (mine.empty()) return fail(Code::kInvalid, "no managed fields found for manager: {}", manager);
  const schema::Type& type = merge_type(predicted);
  smd::Set others;
  smd::field_set(predicted, type).without(mine).for_each([&](const smd::Path& path) {
    if (!has_below(mine, path)) others.insert(path);
  });
  smd::Comparison comparison = smd::compare(live, predicted, type);
  if (!comparison.problems.empty())
    return fail(Code::kInvalid, "error comparing predicted resource to live resource: {}", smd::to_string(comparison.problems));
  smd::Set removed = comparison.removed.without(others), dropped;
  others.for_each([&](const smd::Path& path) {
    if (!is_part_of_key(path)) dropped.insert(path);
  });
  Value owned = smd::remove_items(predicted, dropped, type);
  smd::Merged merged = smd::merge(&live, &owned, type);
  if (!merged.problems.empty() || !merged.value)
    return fail(Code::kInvalid, "error applying predicted live to live state: {}", smd::to_string(merged.problems));
  return smd::remove_items(*merged.value, removed, type);
}

}  // namespace

Result<DiffResult> structured_merge_diff(const Value& desired, const Value& live, const std::string& manager) {
  if (desired.is_null() || live.is_null()) return DiffResult{live.is_null(), live, desired};
  std::string_view api_version = desired["apiVersion"].as_string();
  auto kind = smd::builtin_kind(api_version, desired["kind"].as_string(), "");
  if (!kind) {
    kind.emplace();
    kind->api_version = std::string(api_version);
    kind->kind = desired["kind"].str();
    kind->type = [](std::string_view) { return &schema::deduced_type(); };
  }
  // Argo CD's client converts between no versions: who owns fields of another one is passed over.
  kind->type = [type = kind->type(api_version), api_version](std::string_view at) { return at == api_version ? type : nullptr; };
  const schema::Type& type = *kind->type(api_version);
  for (auto [what, object] : {std::pair("live", &live), std::pair("config", &desired)})
    if (auto problems = smd::validate(*object, type, object == &live); !problems.empty())
      return fail(Code::kInvalid, "error building typed value from {} resource: {}", what, smd::to_string(problems));
  auto managers = smd::decode_managed_fields(live["metadata"]["managedFields"]);
  if (!managers) return fail(Code::kInvalid, "error decoding managed fields: {}", managers.error().message());
  auto updated = smd::Updater(*kind).apply(live, desired, std::move(*managers), {manager, "Apply", "", ""}, true);
  if (!updated) return fail(Code::kInvalid, "error while running updater.Apply: {}", updated.error().message);
  if (updated->unchanged) return result_of(live, live);
  auto settled = [](const Value& object) { return with_defaults(without_last_applied(object)); };
  return result_of(settled(updated->object), settled(live));
}

Result<DiffResult> server_side_diff(const Value& desired, const Value& live, const DiffOptions& options) {
  if (desired.is_null() || live.is_null()) return DiffResult{live.is_null(), live, desired};
  TAUT_ASSIGN(Value predicted, options.dry_run(desired));
  if (options.ignore_mutation_webhook) {
    TAUT_ASSIGN(predicted, without_mutations(predicted, live, options.manager));
  }
  predicted = remarshalled(predicted);
  Value there = live;
  normalize(predicted, options);
  normalize(there, options);
  return result_of(without_server_metadata(std::move(predicted)), without_server_metadata(std::move(there)));
}

}  // namespace taut::argo
