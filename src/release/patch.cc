#include "release/patch.hh"

#include <vector>

namespace taut::release {

namespace {

// The fields of two FieldsV1 trees.
Value united(const Value& a, const Value& b) {
  if (!a.is_map()) return b;
  Value out = a;
  for (const Entry& entry : b.entries()) {
    const Value* mine = a.find(entry.key());
    out.set(entry.key(), mine ? united(*mine, entry.value) : entry.value);
  }
  return out;
}

bool is_entry(const Value& entry, std::string_view manager, std::string_view operation) {
  return entry["manager"].as_string() == manager && entry["operation"].as_string() == operation &&
         entry["subresource"].as_string().empty();
}

}  // namespace

Value three_way_merge_patch(const Value& original, const Value& modified, const Value& current) {
  Value patch = Value::map();
  for (const Entry& entry : modified.entries()) {
    const Value* live = current.find(entry.key());
    if (entry.value.is_null()) {
      const Value* before = original.find(entry.key());
      if (live && (!before || !before->is_null())) patch.set(entry.key(), nullptr);
      continue;
    }
    if (live && *live == entry.value) continue;
    if (!live || !live->is_map() || !entry.value.is_map()) {
      patch.set(entry.key(), entry.value);
      continue;
    }
    Value below = three_way_merge_patch(original[entry.key()], entry.value, *live);
    if (!below.empty()) patch.set(entry.key(), std::move(below));
  }
  for (const Entry& entry : original.entries()) {
    if (!modified.contains(entry.key()) && current.contains(entry.key())) patch.set(entry.key(), nullptr);
  }
  return patch;
}

Value applied_managed_fields(const Value& managed_fields, std::string_view manager) {
  Value fields;
  Value first;  // the entry that stays, as an apply
  bool updates = false, applies = false;
  for (const Value& entry : managed_fields.items()) {
    const bool applied = is_entry(entry, manager, "Apply");
    if (!applied && !is_entry(entry, manager, "Update")) continue;
    (applied ? applies : updates) = true;
    fields = united(fields, entry["fieldsV1"]);
    if (first.is_null() || applied) first = entry;
  }
  if (!updates) return managed_fields;
  first.set("operation", "Apply");
  first.set("fieldsV1", std::move(fields));
  Value out = Value::list();
  bool placed = false;
  for (const Value& entry : managed_fields.items()) {
    const bool applied = is_entry(entry, manager, "Apply");
    const bool ours = applied || is_entry(entry, manager, "Update");
    if (!ours) {
      out.push_back(entry);
    } else if (!placed && (applied || !applies)) {
      out.push_back(first);
      placed = true;
    }
  }
  return out;
}

}  // namespace taut::release
