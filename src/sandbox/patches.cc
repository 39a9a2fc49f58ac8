#include "sandbox/patches.hh"

#include "base/strings.hh"
#include "value/json.hh"

namespace taut::sandbox {
namespace {

// RFC 7386.
Value merge(Value target, const Value& patch) {
  if (!patch.is_map()) return patch;
  if (!target.is_map()) target = Value::map();
  for (const Entry& e : patch.entries()) {
    if (e.value.is_null())
      target.erase(e.key());
    else
      target.set(e.key(), merge(target[e.key()], e.value));
  }
  return target;
}

ApiError rejected() {
  return {422, "Invalid", "the server rejected our request due to an error in our request", Value::map()};
}

}  // namespace

ApiResult<Value> read_patch(PatchKind kind, std::string_view body) {
  auto parsed = parse_json(body);
  if (!parsed) return ApiFailure(bad_request("error decoding patch: " + parsed.error().message()));
  if (kind == PatchKind::kJson) {
    if (!parsed->is_list())
      return ApiFailure(bad_request(fmt::format("error decoding patch: json: cannot unmarshal {} into Go value of type "
                                                "[]handlers.jsonPatchOp", parsed->is_map() ? "object" : kind_name(parsed->kind()))));
    for (const Value& op : parsed->items())
      if (!op.is_map())
        return ApiFailure(bad_request(fmt::format("error decoding patch: json: cannot unmarshal {} into Go value of type "
                                                  "handlers.jsonPatchOp", op.is_list() ? "array" : kind_name(op.kind()))));
    if (parsed->size() > 10'000)
      return ApiFailure(ApiError{413, "RequestEntityTooLarge", fmt::format("The allowed maximum operations in a JSON patch is 10000, got {}", parsed->size()), {}});
  }
  return *parsed;
}

ApiResult<Value> apply_patch(const Resource&, PatchKind kind, const Value& old, const Value& patch) {
  if (kind == PatchKind::kMerge) return merge(old, patch);
  return ApiFailure(rejected());
}

std::string go_map_text(const Value& value) {
  if (value.is_map()) {
    std::vector<std::string> parts;
    for (const Entry& e : value.entries()) parts.push_back(std::string(e.key()) + ':' + go_map_text(e.value));
    return "map[" + join(parts, " ") + ']';
  }
  if (value.is_list()) {
    std::vector<std::string> parts;
    for (const Value& item : value.items()) parts.push_back(go_map_text(item));
    return '[' + join(parts, " ") + ']';
  }
  if (value.is_null()) return "<nil>";
  return value.is_string() ? value.str() : to_json(value);
}

}  // namespace taut::sandbox
