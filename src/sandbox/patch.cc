// PATCH: JSON patch, merge patch, strategic merge patch and server-side apply.
#include "base/strings.hh"
#include "sandbox/api.hh"
#include "sandbox/body.hh"
#include "sandbox/custom.hh"
#include "sandbox/kinds/restore.hh"
#include "sandbox/kinds/shapes.hh"
#include "sandbox/meta.hh"
#include "sandbox/owners.hh"
#include "sandbox/patches.hh"
#include "sandbox/struct_json.hh"
#include "sandbox/subresources.hh"
#include "smd/smd.hh"
#include "value/json.hh"
#include "yaml/reader.hh"

namespace taut::sandbox {
namespace {

ApiResult<PatchKind> patch_kind(const Resource& resource, std::string_view content_type) {
  std::string_view type = trim(content_type.substr(0, content_type.find(';')));
  if (type == "application/json-patch+json") return PatchKind::kJson;
  if (type == "application/merge-patch+json") return PatchKind::kMerge;
  if (type == "application/strategic-merge-patch+json" && resource.go != nullptr) return PatchKind::kStrategic;
  if (type == "application/apply-patch+yaml") return PatchKind::kApply;
  std::string accepted = "application/json-patch+json, application/merge-patch+json";
  if (resource.go != nullptr) accepted += ", application/strategic-merge-patch+json";
  return ApiFailure(unsupported_media_type(accepted + ", application/apply-patch+yaml"));
}

// The 422 of a patch whose result cannot be decoded or breaks strict validation.
ApiError bad_patch(std::string_view shown, std::string_view why) {
  return invalid("", "", "", {{"FieldValueInvalid", fmt::format("Invalid value: {}: {}", quote(shown), why), "patch"}});
}

// The text that such an error shows: the patched object, or for strategic patches the patch as Go prints it.
std::string shown_patch(const Resource& resource, PatchKind kind, const Value& patch, const Value& patched, const Value& old) {
  if (kind == PatchKind::kStrategic) return go_map_text(patch);
  return resource.go != nullptr ? to_patched_json(*resource.go, patched, old) : to_json(patched);
}

// Why the typed readers of merges refuse an object.
std::string restore_message(const Resource& resource, const Value& object, const Error& error) {
  const kinds::Shape* shape = resource.go != nullptr ? kinds::shape_of(resource.gvk()) : nullptr;
  if (shape != nullptr)
    if (auto fault = kinds::restore_fault(*shape, object)) return *fault;
  if (error.message().starts_with("illegal base64")) return "error decoding from json: " + error.message();
  return error.message();
}

ApiResult<Value> decode_patched(const Resource& resource, PatchKind kind, const Value& patch, Value patched,
                                const Value& old, WriteContext& context) {
  Value raw = patched;
  if (Gvk given = Gvk::of(patched); given != resource.gvk()) {
    // Decoding goes by what the object says it is; what fits there does not fit here.
    std::string why = resource.go != nullptr ? no_conversion(resource, given)
                                             : fmt::format("unable to convert {} to {}", given.to_string(), resource.gvk().to_string());
    if (const kinds::Shape* other = kinds::shape_of(given))
      if (auto decoded = kinds::decode(*other, patched, nullptr); !decoded) why = decoded.error().message();
    return ApiFailure(bad_patch(shown_patch(resource, kind, patch, raw, old), why));
  }
  auto problems = settle_object(resource, patched);
  if (!problems) {
    const std::string shown = shown_patch(resource, kind, patch, raw, old);
    return ApiFailure(bad_patch(shown, kind == PatchKind::kStrategic ? restore_message(resource, raw, problems.error())
                                                                     : decode_message(resource, raw, shown, problems.error())));
  }
  if (!problems->empty() && context.field_validation == "Strict")
    return ApiFailure(bad_patch(shown_patch(resource, kind, patch, raw, old), "strict decoding error: " + join(*problems, ", ")));
  if (context.field_validation == "Warn")
    context.warnings.insert(context.warnings.end(), problems->begin(), problems->end());
  if (resource.custom)
    resource.custom->apply_defaults(patched);
  else
    kinds::apply_defaults(resource.gvk(), patched);
  return patched;
}

ApiResult<Value> read_apply_config(const Resource& resource, const Request& request, WriteContext& context) {
  auto document = parse_yaml_document(request.body, {.reject_duplicate_keys = context.field_validation == "Strict"});
  if (!document) return ApiFailure(bad_request("error decoding YAML: error converting YAML to JSON: " + document.error().message()));
  Value config = document->root;
  if (config.is_null()) return ApiFailure(bad_request("invalid object type: /, Kind="));
  if (!config.is_map()) {
    std::string what(config.is_list() ? "array" : config.is_null() ? "null" : kind_name(config.kind()));
    return ApiFailure(bad_request("error decoding YAML: error unmarshaling JSON: while decoding JSON: json: cannot unmarshal " +
                                  what + " into Go value of type map[string]interface {}"));
  }
  if (context.field_validation == "Warn" && !parse_yaml_document(request.body)) {
    auto strict = parse_yaml_document(request.body);
    context.warnings.push_back(strict.error().message());
  }
  return config;
}

// The real server compares the data of a ControllerRevision before and after a patch in two different forms, so that
// every patch of one is refused (1.36); a PUT is not.
ApiResult<void> patchable(const Resource& resource, const Value& patched) {
  if (resource.info.kind != "ControllerRevision" || resource.info.group != "apps") return {};
  const std::string why = fmt::format("Invalid value: {}: field is immutable", to_json(patched["data"]));
  return ApiFailure(invalid(resource.info.group, resource.info.kind, name_of(patched), {{"FieldValueInvalid", why, "data"}}));
}

}  // namespace

ApiResult<Response> Api::patch(Call& call) {
  const Resource& resource = *call.resource;
  API_ASSIGN(PatchKind kind, patch_kind(resource, call.request.header("Content-Type")));
  bool apply = kind == PatchKind::kApply;
  API_ASSIGN(WriteQuery write, WriteQuery::parse(call.query, "PatchOptions", apply));
  if (!write.field_manager.empty()) call.context.manager = write.field_manager;
  call.context.dry_run = write.dry_run;
  call.context.field_validation = write.field_validation;
  Update update;
  update.subresource = call.info.subresource;
  if (apply) {
    API_ASSIGN(Value config, read_apply_config(resource, call.request, call.context));
    update.owners_done = true;
    update.may_create = call.info.subresource.empty();
    update.change = [&, config](const Value& old, WriteContext& context) -> ApiResult<Value> {
      return apply_config(cluster_, resource, call.info, old, config, write.force, context);
    };
  } else {
    API_ASSIGN(Value patch, read_patch(kind, call.request.body));
    update.change = [&, patch](const Value& old, WriteContext& context) -> ApiResult<Value> {
      API_ASSIGN(Value patched, apply_patch(resource, kind, old, patch));
      API_TRY(patchable(resource, patched));
      return decode_patched(resource, kind, patch, std::move(patched), old, context);
    };
  }
  API_ASSIGN(Written written, writer_.update(resource, call.info.ns, call.info.name, update, call.context));
  return item_response(cluster_, resource, written.created ? 201 : 200, written.item, call.accepted);
}

ApiResult<Value> apply_config(const Cluster& cluster, const Resource& resource, const RequestInfo& info, const Value& old,
                              Value config, bool force, WriteContext& context) {
  const Value& meta = config["metadata"];
  if (const Value* owners = meta.find("managedFields"); owners != nullptr && !owners->is_null())
    return ApiFailure(bad_request("metadata.managedFields must be nil"));
  if (old.is_null()) {
    if (!meta["uid"].empty())
      return ApiFailure(conflict(resource.name(), info.name,
                                 fmt::format("uid mismatch: the provided object specified uid {}, and no existing object was found",
                                             meta["uid"].as_string())));
    if (config["metadata"].is_map()) {
      if (meta["name"].empty()) config.edit("metadata").set("name", info.name);
      config.edit("metadata").erase("resourceVersion");
    }
  }
  smd::KindInfo kind = smd_kind(cluster, resource, info.subresource);
  auto merged = smd::apply(kind, old, {config, context.manager, force, info.subresource, cluster.now()});
  if (!merged) return ApiFailure(refusal_error(merged.error()));
  if (const Value* version = meta.find("resourceVersion"); version != nullptr && !old.is_null())
    merged->edit("metadata").set("resourceVersion", *version);
  Value raw = *merged;
  auto problems = settle_object(resource, *merged, true);
  if (!problems) {
    const std::string why = restore_message(resource, raw, problems.error());
    std::string what = fmt::format("failed to convert new object ({}/{}; {}) to proper version: unable to convert "
                                   "unstructured object to {}: {}",
                                   meta["namespace"].as_string(), meta["name"].as_string(), resource.gvk().to_string(),
                                   resource.gvk().to_string(), why);
    return ApiFailure(ApiError{500, "", what, {}});
  }
  if (resource.custom)
    resource.custom->apply_defaults(*merged);
  else
    kinds::apply_defaults(resource.gvk(), *merged);
  return *merged;
}

}  // namespace taut::sandbox
