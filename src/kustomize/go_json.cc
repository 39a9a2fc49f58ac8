#include "kustomize/go_json.hh"

#include <string>
#include <vector>

#include "value/blank.hh"

namespace taut::kustomize {
namespace {

constexpr int64_t kExact = int64_t{1} << 53;

bool rounds(const Value& value) {
  if (!value.is_integer()) return false;
  return value.kind() == Kind::kUint || value.as_int() > kExact || value.as_int() < -kExact;
}

bool changes(const Value& value) {
  if (is_blank_null(value) || rounds(value)) return true;
  for (const Value& item : value.items())
    if (changes(item)) return true;
  for (const Entry& entry : value.entries())
    if (changes(entry.value)) return true;
  return false;
}

}  // namespace

void through_json(Value& value) {
  if (is_blank_null(value)) value = Value();
  if (rounds(value)) {
    bool is_signed = value.kind() == Kind::kInt;
    value = Value(is_signed ? static_cast<double>(value.as_int()) : static_cast<double>(value.as_uint()));
  }
  for (size_t i = 0; i < value.items().size(); ++i)
    if (changes(value[i])) through_json(value.edit(i));
  std::vector<std::string> keys;
  for (const Entry& entry : value.entries())
    if (changes(entry.value)) keys.push_back(entry.name.str());
  for (const std::string& key : keys) through_json(value.edit(key));
}

}  // namespace taut::kustomize
