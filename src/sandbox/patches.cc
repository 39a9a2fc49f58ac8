#include "sandbox/patches.hh"

#include "base/strings.hh"
#include "sandbox/owners.hh"
#include "schema/builtin.hh"
#include "smd/strategic.hh"
#include "value/json.hh"
#include "value/patch.hh"

namespace taut::sandbox {
namespace {

ApiError rejected() {
  return {422, "Invalid", "the server rejected our request due to an error in our request", Value::map()};
}

}  // namespace

ApiResult<Value> read_patch(PatchKind kind, std::string_view body) {
  auto parsed = parse_json(body);
  if (!parsed) return ApiFailure(bad_request("error decoding patch: " + parsed.error().message()));
  if (kind == PatchKind::kJson && parsed->is_null()) return Value::list();
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

ApiResult<Value> apply_patch(const Resource& resource, PatchKind kind, const Value& old, const Value& patch) {
  if (kind == PatchKind::kMerge) return apply_merge_patch(old, patch);
  if (kind == PatchKind::kJson) {
    auto patched = apply_json_patch(old, patch);
    if (!patched) return ApiFailure(rejected());
    return *patched;
  }
  const schema::Type* type = schema::builtin_type(resource.info.group, resource.info.version, resource.info.kind);
  if (type == nullptr) return ApiFailure(rejected());
  auto merged = smd::strategic_merge(old, patch, *type);
  if (!merged) return ApiFailure(refusal_error(merged.error()));
  // The result is read into the type of the request, whatever it calls itself.
  merged->set("apiVersion", resource.gvk().api_version());
  merged->set("kind", resource.info.kind);
  return *merged;
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
