#include "health/go_fields.hh"

#include <span>

#include "value/go_text.hh"

namespace taut {
namespace {

std::string_view go_kind(const Value& value) {
  if (value.is_list()) return "slice";
  if (value.is_map()) return "map";
  return go_type(value);
}

std::string dotted(std::initializer_list<std::string_view> path, size_t count) {
  std::string out;
  for (size_t i = 0; i < count; ++i) {
    out += '.';
    out += path.begin()[i];
  }
  return out;
}

Failure accessor_error(std::string where, const Value& value, std::string_view expected) {
  return fail(Code::kInvalid, "{} accessor error: {} is of the type {}, expected {}", where, go_text(value),
              go_type(value), expected);
}

// Fills a string field of a struct; the message depends on what Go would convert.
Result<std::string_view> string_field(const Value& struct_, std::string_view key, std::string_view type) {
  const Value& value = struct_[key];
  if (value.is_null()) return std::string_view();
  if (value.is_string()) return value.as_string();
  if (value.kind() == Kind::kInt) return fail(Code::kInvalid, "cannot convert int64 to {}", type);
  return fail(Code::kInvalid, "unrecognized type: string");
}

}  // namespace

Result<const Value*> go_nested(const Value& object, std::initializer_list<std::string_view> path) {
  const Value* at = &object;
  size_t depth = 0;
  for (std::string_view key : path) {
    ++depth;
    if (at->is_null()) return nullptr;
    if (!at->is_map()) return accessor_error(dotted(path, depth), *at, "map[string]interface{}");
    at = at->find(key);
    if (!at) return nullptr;
  }
  return at;
}

Result<std::optional<int64_t>> go_nested_int(const Value& object, std::initializer_list<std::string_view> path) {
  TAUT_ASSIGN(const Value* value, go_nested(object, path));
  if (!value) return std::nullopt;
  if (value->kind() != Kind::kInt) return accessor_error(dotted(path, path.size()), *value, "int64");
  return value->as_int();
}

Result<std::optional<std::string_view>> go_nested_string(const Value& object,
                                                         std::initializer_list<std::string_view> path) {
  TAUT_ASSIGN(const Value* value, go_nested(object, path));
  if (!value) return std::nullopt;
  if (!value->is_string()) return accessor_error(dotted(path, path.size()), *value, "string");
  return value->as_string();
}

Result<std::span<const Value>> go_nested_list(const Value& object, std::initializer_list<std::string_view> path) {
  TAUT_ASSIGN(const Value* value, go_nested(object, path));
  if (!value) return std::span<const Value>();
  if (!value->is_list()) return accessor_error(dotted(path, path.size()), *value, "[]interface{}");
  return value->items();
}

Result<std::vector<GoCondition>> go_conditions(const Value& object) {
  std::vector<GoCondition> conditions;
  const Value& status = object["status"];
  if (status.is_null()) return conditions;
  if (!status.is_map()) return fail(Code::kInvalid, "cannot restore struct from: {}", go_kind(status));
  const Value& list = status["conditions"];
  if (list.is_null()) return conditions;
  if (!list.is_list()) return fail(Code::kInvalid, "cannot restore slice from {}", go_kind(list));
  for (const Value& item : list.items()) {
    GoCondition& condition = conditions.emplace_back();
    if (item.is_null()) continue;
    if (!item.is_map()) return fail(Code::kInvalid, "cannot restore struct from: {}", go_kind(item));
    TAUT_ASSIGN(condition.type, string_field(item, "type", "string"));
    TAUT_ASSIGN(condition.status, string_field(item, "status", "v1.ConditionStatus"));
    TAUT_ASSIGN(condition.reason, string_field(item, "reason", "string"));
    TAUT_ASSIGN(condition.message, string_field(item, "message", "string"));
  }
  return conditions;
}

}  // namespace taut
