#include "value/patch.hh"

namespace taut {
namespace {

// Drops null entries of maps, at any depth; null items of lists stay.
Value without_nulls(const Value& value) {
  if (value.is_list()) {
    Value out = Value::list();
    out.reserve(value.size());
    for (const Value& item : value.items()) out.push_back(without_nulls(item));
    return out;
  }
  if (!value.is_map()) return value;
  Value out = Value::map();
  for (const Entry& entry : value.entries())
    if (!entry.value.is_null()) out.append_sorted(entry.name, without_nulls(entry.value));
  return out;
}

void merge_into(Value& document, const Value& patch) {
  for (const Entry& entry : patch.entries()) {
    if (entry.value.is_null()) {
      document.erase(entry.key());
      continue;
    }
    const Value* known = document.find(entry.key());
    if (known == nullptr || known->is_null() || !known->is_map()) {
      document.set(entry.key(), without_nulls(entry.value));
    } else if (!entry.value.is_map()) {
      document.set(entry.key(), entry.value);
    } else {
      merge_into(document.edit(entry.key()), entry.value);
    }
  }
}

}  // namespace

Value apply_merge_patch(const Value& document, const Value& patch) {
  if (!document.is_map() || !patch.is_map()) return without_nulls(patch);
  Value out = document;
  merge_into(out, patch);
  return out;
}

Value make_merge_patch(const Value& before, const Value& after) {
  if (!before.is_map() || !after.is_map()) return after;
  Value out = Value::map();
  for (const Entry& entry : before.entries())
    if (!after.contains(entry.key())) out.set(entry.key(), nullptr);
  for (const Entry& entry : after.entries()) {
    const Value* known = before.find(entry.key());
    if (known != nullptr && *known == entry.value) continue;
    if (known != nullptr && known->is_map() && entry.value.is_map()) {
      out.set(entry.key(), make_merge_patch(*known, entry.value));
    } else {
      out.set(entry.key(), without_nulls(entry.value));
    }
  }
  return out;
}

}  // namespace taut
