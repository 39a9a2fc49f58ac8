#include "plan/managed_fields.hh"

#include <algorithm>

#include "smd/last_applied.hh"
#include "value/json.hh"

namespace taut::plan {
namespace {

void merge_into(Value& target, const Value& fields) {
  for (const auto& [name, value] : fields.entries()) {
    Value& child = target.edit(name.as_string());
    if (!child.is_map()) child = Value::map();
    merge_into(child, value);
  }
}

const Value* walk(const Value& fields, const std::vector<std::string>& path) {
  const Value* node = &fields;
  for (const auto& element : path) {
    node = node->find(element);
    if (!node) return nullptr;
  }
  return node;
}

}  // namespace

ManagedFields::ManagedFields(const Value& object) : all_(Value::map()) {
  for (const Value& entry : object["metadata"]["managedFields"].items()) {
    if (!entry["subresource"].as_string().empty()) continue;
    entries_.push_back({entry["manager"].str(), entry["operation"].as_string() == "Apply", entry["fieldsV1"]});
    merge_into(all_, entry["fieldsV1"]);
  }
}

Value ManagedFields::applied_by(std::string_view manager) const {
  for (const Entry& entry : entries_)
    if (entry.apply && entry.manager == manager) return entry.fields;
  return nullptr;
}

std::vector<std::string> ManagedFields::owners(const std::vector<std::string>& path, std::string_view except,
                                               bool inside) const {
  std::vector<std::string> out;
  for (const Entry& entry : entries_) {
    if (!except.empty() && entry.manager == except) continue;
    const Value* node = walk(entry.fields, path);
    if (!node) continue;
    bool owns = node->empty() || node->contains(".");
    if (owns || inside) out.push_back(entry.manager);
  }
  return out;
}

Value handed_over(const Value& object, std::string_view manager, const std::function<bool(std::string_view owner, bool applied)>& takes) {
  Value mine, rest = Value::list();
  bool found = false;
  for (const Value& entry : object["metadata"]["managedFields"].items()) {
    bool plain = entry["subresource"].as_string().empty(), applied = entry["operation"].as_string() == "Apply";
    bool own = plain && applied && entry["manager"].as_string() == manager;
    bool taken = plain && !own && takes(entry["manager"].as_string(), applied);
    if (!own && !taken) {
      rest.push_back(entry);
      continue;
    }
    found = found || taken;
    Value before = mine.is_null() ? Value::map() : mine["fieldsV1"];
    if (mine.is_null() || own) mine = entry;
    Value fields = entry["fieldsV1"];
    merge_into(fields, before);
    mine.set("fieldsV1", std::move(fields));
  }
  if (!found) return nullptr;
  mine.set("operation", "Apply");
  mine.set("manager", manager);
  // The annotation is kubectl's own.
  std::string annotation = fmt::format("f:{}", smd::kLastAppliedAnnotation);
  if (mine["fieldsV1"]["f:metadata"]["f:annotations"].contains(annotation))
    mine.edit("fieldsV1").edit("f:metadata").edit("f:annotations").erase(annotation);
  rest.push_back(std::move(mine));
  return rest;
}

Value without_client_side(const Value& object, std::string_view manager) {
  if (!object["metadata"]["annotations"].contains(smd::kLastAppliedAnnotation)) return nullptr;
  return handed_over(object, manager, [&](std::string_view owner, bool applied) { return !applied && (owner == "kubectl-client-side-apply" || owner == manager); });
}

std::vector<std::string> list_keys(const Value& fields) {
  std::vector<std::string> keys;
  for (const auto& entry : fields.entries()) {
    if (!entry.key().starts_with("k:")) continue;
    auto key = parse_json(entry.key().substr(2));
    if (!key) continue;
    for (const auto& part : key->entries()) keys.emplace_back(part.key());
    return keys;
  }
  return keys;
}

bool is_set(const Value& fields) {
  return std::ranges::any_of(fields.entries(), [](const auto& entry) { return entry.key().starts_with("v:"); });
}

}  // namespace taut::plan
