#include "sandbox/subresources.hh"

#include "base/strings.hh"
#include "sandbox/admission.hh"
#include "sandbox/body.hh"
#include "sandbox/custom.hh"
#include "sandbox/meta.hh"
#include "sandbox/owners.hh"
#include "sandbox/patches.hh"

namespace taut::sandbox {
namespace {

// The label selector of a scaled object as text: "app=web,tier in (a,b)".
std::string selector_text(const Value& selector) {
  std::vector<std::string> terms;
  const Value& labels = selector.contains("matchLabels") || selector.contains("matchExpressions") ? selector["matchLabels"] : selector;
  for (const Entry& e : labels.entries()) terms.push_back(std::string(e.key()) + '=' + e.value.str());
  for (const Value& x : selector["matchExpressions"].items()) {
    std::vector<std::string> values;
    for (const Value& v : x["values"].items()) values.push_back(v.str());
    std::sort(values.begin(), values.end());
    std::string op = to_lower(x["operator"].as_string()), key = x["key"].str();
    if (op == "exists") terms.push_back(key);
    else if (op == "doesnotexist") terms.push_back('!' + key);
    else terms.push_back(fmt::format("{} {} ({})", key, op, join(values, ",")));
  }
  std::sort(terms.begin(), terms.end());
  return join(terms, ",");
}

void set_path(Value& object, std::string_view path, Value value) {
  Value* at = &object;
  auto keys = split(path.starts_with('.') ? path.substr(1) : path, '.');
  for (size_t i = 0; i + 1 < keys.size(); ++i) at = &at->edit(keys[i]);
  at->set(keys.back(), std::move(value));
}

const Resource& scale_resource(const Cluster& cluster) {
  static Resource resource;
  static std::once_flag once;
  std::call_once(once, [&] {
    resource.info.group = "autoscaling";
    resource.info.version = "v1";
    resource.info.kind = "Scale";
    resource.info.plural = "scales";
    resource.info.namespaced = true;
    resource.stored_as = resource.gvk();
    resource.go = go_type(resource.gvk());
  });
  (void)cluster;
  return resource;
}

// Writes to the scale come back as a change of the object's replicas.
ApiResult<Response> write_scale(Cluster& cluster, Writer& writer, Call& call) {
  const Resource& resource = *call.resource;
  const Resource& scale = scale_resource(cluster);
  bool patching = call.info.verb == "patch";
  std::string_view type = call.request.header("Content-Type");
  bool apply = contains(type, "apply-patch");
  API_ASSIGN(WriteQuery write, WriteQuery::parse(call.query, patching ? "PatchOptions" : "UpdateOptions", apply));
  if (!write.field_manager.empty()) call.context.manager = write.field_manager;
  call.context.dry_run = write.dry_run;
  call.context.field_validation = write.field_validation;
  Value given;
  PatchKind kind = contains(type, "json-patch+json") ? PatchKind::kJson : contains(type, "strategic") ? PatchKind::kStrategic : PatchKind::kMerge;
  if (!patching) {
    API_ASSIGN(given, read_object(scale, call.request, call.context));
  } else {
    API_ASSIGN(given, read_patch(apply ? PatchKind::kMerge : kind, call.request.body));
  }
  Update update;
  update.owners_done = true;
  update.change = [&](const Value& old, WriteContext& context) -> ApiResult<Value> {
    API_ASSIGN(Value present, scale_of(resource, old));
    Value wanted = given;
    if (patching) {
      API_ASSIGN(wanted, apply_patch(scale, apply ? PatchKind::kMerge : kind, present, given));
      API_ASSIGN(wanted, decode_object(scale, std::move(wanted), {}, context));
    }
    std::string_view version = wanted["metadata"]["resourceVersion"].as_string();
    if (!version.empty() && version != old["metadata"]["resourceVersion"].as_string())
      return ApiFailure(conflict(resource.name(), call.info.name, kObjectModified));
    if (wanted["spec"]["replicas"].as_int() < 0)
      return ApiFailure(invalid("autoscaling", "Scale", call.info.name,
                                {{"FieldValueInvalid", fmt::format("Invalid value: {}: must be greater than or equal to 0", wanted["spec"]["replicas"].as_int()), "spec.replicas"}}));
    if (!name_of(wanted).empty() && name_of(wanted) != call.info.name)
      return ApiFailure(bad_request(fmt::format("the name of the object ({}) does not match the name on the URL ({})",
                                                name_of(wanted), call.info.name)));
    Value fresh = old;
    set_scale(resource, fresh, wanted);
    std::string path = resource.custom ? resource.custom->scale()["specReplicasPath"].str() : ".spec.replicas";
    if (fresh != old) track_scale(fresh, old, path, context.manager, resource.gvk().api_version());
    return fresh;
  };
  API_ASSIGN(Written written, writer.update(resource, call.info.ns, call.info.name, update, call.context));
  API_ASSIGN(Value out, scale_of(resource, to_version(resource, written.item->object())));
  return object_response(200, out, call.accepted);
}

Value scale_table(const Cluster& cluster, const Value& scale, const Accepted& accepted) {
  Value columns = Value::list();
  for (auto [name, type] : {std::pair("Name", "string"), std::pair("Desired", "integer"), std::pair("Available", "integer"), std::pair("Age", "string")})
    columns.push_back(Value::map({{"name", name}, {"type", type}, {"format", ""}, {"description", ""}, {"priority", 0}}));
  auto plain = kinds::table_row(Gvk{"autoscaling", "v1", "Scale"}, scale, cluster.now());
  Value cells = Value::list({name_of(scale), scale["spec"]["replicas"].as_int(), scale["status"]["replicas"].as_int(),
                             plain.empty() ? Value("<unknown>") : plain.back()});
  Value object = Value::map({{"apiVersion", accepted.api_version}, {"kind", "PartialObjectMetadata"}, {"metadata", scale["metadata"]}});
  Value row = Value::map({{"cells", std::move(cells)}, {"object", std::move(object)}});
  return Value::map({{"kind", "Table"}, {"apiVersion", accepted.api_version},
                     {"metadata", Value::map({{"resourceVersion", scale["metadata"]["resourceVersion"]}})},
                     {"columnDefinitions", std::move(columns)}, {"rows", Value::list({row})}});
}

ApiResult<ItemPtr> item_of(Cluster& cluster, const Call& call) {
  ItemPtr item = cluster.store.get(StoreKey::of(call.resource->storage, call.resource->info.namespaced ? call.info.ns : "", call.info.name));
  if (!item) return ApiFailure(not_found(call.resource->name(), call.info.name));
  return item;
}

ApiResult<Response> issue_token(const Authenticator& authenticator, Cluster& cluster, Call& call) {
  API_ASSIGN(ItemPtr account, item_of(cluster, call));
  API_ASSIGN(Value body, read_value(call.request));
  int64_t seconds = body["spec"]["expirationSeconds"].as_int(3600);
  if (seconds < 600)
    return ApiFailure(invalid("authentication.k8s.io", "TokenRequest", "",
                              {{"FieldValueInvalid", fmt::format("Invalid value: {}: may not specify a duration less than 10 minutes", seconds), "spec.expirationSeconds"}}));
  WriteQuery write = WriteQuery::parse(call.query, "CreateOptions", false).value_or(WriteQuery{});
  if (!write.field_manager.empty()) call.context.manager = write.field_manager;
  Value audiences = body["spec"]["audiences"];
  if (audiences.empty()) audiences = Value::list({"https://kubernetes.default.svc"});
  Time now = cluster.now();
  const Value& object = account->object();
  std::string token = authenticator.issue(namespace_of(object), name_of(object), object["metadata"]["uid"].as_string(), audiences, now, seconds);
  Value out = Value::map({{"apiVersion", "authentication.k8s.io/v1"}, {"kind", "TokenRequest"}});
  Value asked = body["spec"].is_map() ? body["spec"] : Value::map();
  asked.set("expirationSeconds", seconds);
  out.set("spec", std::move(asked));
  if (auto kind = smd::builtin_kind("authentication.k8s.io/v1", "TokenRequest", "token"))
    out = smd::update(*kind, Value(), {out, call.context.manager, "token", now});
  Value& meta = out.edit("metadata");
  meta.set("name", name_of(object));
  meta.set("namespace", namespace_of(object));
  meta.set("uid", object["metadata"]["uid"]);
  meta.set("creationTimestamp", format_rfc3339(now));
  out.set("spec", Value::map({{"audiences", audiences}, {"expirationSeconds", seconds}, {"boundObjectRef", Value()}}));
  out.set("status", Value::map({{"token", token}, {"expirationTimestamp", format_rfc3339(now + std::chrono::seconds(seconds))}}));
  return object_response(201, out, call.accepted);
}

}  // namespace

Value created_status() {
  return Value::map({{"apiVersion", "v1"}, {"kind", "Status"}, {"metadata", Value::map()}, {"status", "Success"}, {"code", 201}});
}

ApiResult<ItemPtr> bind_pod(Cluster& cluster, std::string_view ns, std::string_view name, std::string_view node) {
  StoreKey key = StoreKey::of("pods", ns, name);
  for (int attempt = 0; attempt < 50; ++attempt) {
    ItemPtr item = cluster.store.get(key);
    if (!item) return ApiFailure(not_found({"", "pods"}, name));
    Value pod = item->object();
    std::string why;
    if (pod["metadata"].contains("deletionTimestamp"))
      why = fmt::format("pod {} is being deleted, cannot be assigned to a host", name);
    else if (!pod["spec"]["nodeName"].empty())
      why = fmt::format("pod {} is already assigned to node {}", name, quote(pod["spec"]["nodeName"].as_string()));
    if (!why.empty()) return ApiFailure(conflict({"", "pods/binding"}, name, why));
    pod.edit("spec").set("nodeName", node);
    Value scheduled = Value::map({{"type", "PodScheduled"}, {"status", "True"}, {"lastProbeTime", Value()},
                                  {"lastTransitionTime", format_rfc3339(cluster.now())}});
    Value& conditions = pod.edit("status").edit("conditions");
    size_t at = 0;
    while (at < conditions.size() && conditions[at]["type"].as_string() != "PodScheduled") ++at;
    if (at < conditions.size())
      conditions.edit(at) = std::move(scheduled);
    else
      conditions.push_back(std::move(scheduled));
    auto put = cluster.store.put(key, std::move(pod), item->revision());
    if (put) return *put;
  }
  return ApiFailure(conflict({"", "pods"}, name, kObjectModified));
}

ApiResult<Value> scale_of(const Resource& resource, const Value& object) {
  Value replicas, status, selector;
  if (resource.custom) {
    const Value& paths = resource.custom->scale();
    replicas = json_path(object, paths["specReplicasPath"].as_string());
    status = json_path(object, paths["statusReplicasPath"].as_string());
    if (!paths["labelSelectorPath"].empty()) selector = json_path(object, paths["labelSelectorPath"].as_string());
    if (replicas.is_null())
      return ApiFailure(internal_error(fmt::format("the spec replicas field \"{}\" does not exist", paths["specReplicasPath"].as_string())));
  } else {
    replicas = object["spec"]["replicas"];
    status = object["status"]["replicas"];
    selector = selector_text(object["spec"]["selector"]);
  }
  const Value& from = object["metadata"];
  Value meta = Value::map({{"name", from["name"]}});
  for (const char* key : {"namespace", "uid", "resourceVersion", "creationTimestamp"})
    if (from.contains(key)) meta.set(key, from[key]);
  Value spec = Value::map();
  if (replicas.as_int() != 0) spec.set("replicas", replicas);
  Value state = Value::map({{"replicas", status.as_int()}});
  if (!selector.empty()) state.set("selector", selector);
  return Value::map({{"apiVersion", "autoscaling/v1"}, {"kind", "Scale"}, {"metadata", meta}, {"spec", spec}, {"status", state}});
}

void set_scale(const Resource& resource, Value& object, const Value& scale) {
  Value replicas = scale["spec"]["replicas"].as_int();
  if (resource.custom)
    set_path(object, resource.custom->scale()["specReplicasPath"].as_string(), replicas);
  else
    object.edit("spec").set("replicas", replicas);
}

void add_custom_deprecation(const Resource& resource, std::vector<std::string>& warnings) {
  if (!resource.custom->deprecation_warning().empty()) warnings.push_back(resource.custom->deprecation_warning());
}

ApiResult<Response> Api::subresource(Call& call) {
  const std::string& sub = call.info.subresource;
  const std::string& verb = call.info.verb;
  if (sub == "scale") {
    if (verb != "get") return write_scale(cluster_, writer_, call);
    API_ASSIGN(ItemPtr item, item_of(cluster_, call));
    API_ASSIGN(Value scale, scale_of(*call.resource, to_version(*call.resource, item->object())));
    if (call.accepted.shape == Shape::kTable) scale = scale_table(cluster_, scale, call.accepted);
    return object_response(200, scale, call.accepted);
  }
  if (sub == "log") {
    API_ASSIGN(ItemPtr item, item_of(cluster_, call));
    return pod_log(cluster_, hub_, call.query, item->object());
  }
  if (sub == "binding") {
    API_ASSIGN(Value body, read_value(call.request));
    API_TRY(bind_pod(cluster_, call.info.ns, call.info.name, body["target"]["name"].as_string()));
    return object_response(201, created_status(), call.accepted);
  }
  if (sub == "eviction") return evict(cluster_, writer_, call);
  if (sub == "token") return issue_token(authenticator_, cluster_, call);
  if (verb == "get") return get(call);
  if (verb == "update") return replace(call);
  if (verb == "patch") return patch(call);
  return ApiFailure(ApiError{501, "NotImplemented", fmt::format("the sandbox has no {} for {}", sub, call.resource->info.plural), {}});
}

}  // namespace taut::sandbox
