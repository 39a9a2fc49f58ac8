#include "sandbox/api.hh"

#include "base/strings.hh"
#include "sandbox/audit.hh"
#include "sandbox/body.hh"
#include "sandbox/flow_control.hh"
#include "sandbox/meta.hh"
#include "sandbox/subresources.hh"
#include "value/json.hh"

namespace taut::sandbox {
namespace {

Response plain_text(int code, std::string text) {
  Response out;
  out.code = code;
  out.content_type = "text/plain; charset=utf-8";
  out.body = std::move(text);
  return out;
}

const User& anonymous() {
  static const User user{.name = "system:anonymous", .uid = "", .groups = {"system:unauthenticated"}};
  return user;
}

bool caches_itself(const Response& response) {
  for (const auto& [name, value] : response.headers)
    if (name == "Cache-Control") return true;
  return false;
}

void add_warnings(Response& response, const std::vector<std::string>& warnings) {
  std::set<std::string> seen;
  for (const std::string& text : warnings)
    if (seen.insert(text).second) response.headers.emplace_back("Warning", "299 - " + quote(text));
}

Attributes attributes_of(const Request& request, const RequestInfo& info) {
  if (!info.resource) return {.verb = info.verb, .path = request.path};
  return {info.verb, info.group, info.plural, info.subresource, info.name, info.ns, ""};
}

bool has_verb(const Resource& resource, const RequestInfo& info) {
  if (info.subresource.empty()) return resource.info.has_verb(info.verb);
  const schema::Subresource* sub = resource.info.subresource(info.subresource);
  return sub != nullptr && std::find(sub->verbs.begin(), sub->verbs.end(), info.verb) != sub->verbs.end();
}

// Served although it is deprecated: the server says so at each use.
void add_deprecation(const Resource& resource, std::vector<std::string>& warnings);

}  // namespace

Api::Api(Cluster& cluster, std::string admin_token, LimitOptions limits)
    : cluster_(cluster), writer_(cluster), hub_(cluster.store), authenticator_(cluster, std::move(admin_token)), limits_(limits) {}

Response Api::handle(const Request& request) {
  Query query(request.query);
  RequestInfo info = parse_request(request, query);
  auto accepted = negotiate(request.header("Accept"), query, info.verb == "watch");
  Accepted form = accepted.value_or(Accepted{});
  if (!accepted && contains(request.header("Accept"), "yaml")) form.yaml = true;
  auto user = authenticator_.authenticate(request);
  Response response;
  const Time received = cluster_.now();
  const Attributes asked = attributes_of(request, info);
  const User asker = user.value_or(anonymous());
  bool forbidden = false;
  if (!limits_.admit(asker))
    response = too_many_requests();
  else if (!user)
    response = error_response(user.error(), form);
  else if (forbidden = !allowed(cluster_, *user, asked); forbidden)
    response = error_response(refused(*user, asked), form);
  else if (!info.resource)
    response = serve_path(cluster_, request, query).value_or(plain_text(404, "404 page not found\n"));
  else if (!accepted)
    response = error_response(accepted.error(), form);
  else
    response = dispatch(request, query, form, info, std::move(*user));
  const std::string id = new_uid();
  if (!caches_itself(response)) {
    response.headers.emplace_back("Audit-Id", id);
    response.headers.emplace_back("Cache-Control", "no-cache, private");
    add_flow_headers(cluster_, asker, asked, response);
  }
  if (cluster_.audit) cluster_.audit->write({request, info, asker, response, id, !forbidden, received, cluster_.now()});
  return response;
}

Response Api::dispatch(const Request& request, const Query& query, const Accepted& accepted, const RequestInfo& info,
                       User user) {
  ResourcePtr resource = cluster_.registry.find(info.group, info.version, info.plural);
  if (!resource) {
    if (!cluster_.registry.has_group_version(info.group, info.version)) return plain_text(404, "404 page not found\n");
    return error_response(no_such_path(), accepted);
  }
  Call call{request, query, info, resource, accepted, {}};
  call.context.user = std::move(user);
  call.context.manager = default_manager(request.header("User-Agent"));
  add_deprecation(*resource, call.context.warnings);
  auto answer = request.too_large ? ApiResult<Response>(ApiFailure(request_too_large())) : run(call);
  Response response = answer ? std::move(*answer) : error_response(answer.error(), accepted);
  if (answer || response.code != 415) add_warnings(response, call.context.warnings);
  return response;
}

ApiResult<Response> Api::run(Call& call) {
  const RequestInfo& info = call.info;
  const Resource& resource = *call.resource;
  if (!info.subresource.empty() && !resource.has_subresource(info.subresource))
    return ApiFailure(resource.custom ? not_found(resource.name(), info.name) : no_such_path());
  bool all_namespaces = resource.info.namespaced && info.ns.empty();
  if (!resource.info.namespaced && !info.ns.empty() && resource.info.kind != "Namespace") return ApiFailure(no_such_path());
  if (!has_verb(resource, info)) return ApiFailure(method_not_allowed());
  if (all_namespaces && info.verb != "list" && info.verb != "watch") {
    bool posted_only = !resource.info.has_verb("get");
    if (!posted_only) return ApiFailure(info.name.empty() ? method_not_allowed() : no_such_path());
  }
  if (!info.subresource.empty()) return subresource(call);
  if (!resource.info.has_verb("get")) return review(call);
  return info.name.empty() || info.verb == "watch" ? run_collection(call) : run_object(call);
}

ApiResult<Response> Api::run_collection(Call& call) {
  const std::string& verb = call.info.verb;
  if (verb == "list") return list(call);
  if (verb == "watch") return watch(call);
  if (verb == "create") return create(call);
  if (verb == "deletecollection") return remove_collection(call);
  return ApiFailure(method_not_allowed());
}

ApiResult<Response> Api::run_object(Call& call) {
  const std::string& verb = call.info.verb;
  if (verb == "get") return get(call);
  if (verb == "update") return replace(call);
  if (verb == "patch") return patch(call);
  if (verb == "delete") return remove(call);
  return ApiFailure(method_not_allowed());
}

ApiResult<Response> Api::get(Call& call) {
  const Resource& resource = *call.resource;
  if (call.query.get("export") == "true")
    return ApiFailure(bad_request("the export parameter, deprecated since v1.14, is no longer supported"));
  ItemPtr item = cluster_.store.get(StoreKey::of(resource.storage, resource.info.namespaced ? call.info.ns : "", call.info.name));
  if (!item) return ApiFailure(not_found(resource.name(), call.info.name));
  return item_response(cluster_, resource, 200, item, call.accepted);
}

ApiResult<Response> Api::create(Call& call) {
  const Resource& resource = *call.resource;
  API_ASSIGN(WriteQuery write, WriteQuery::parse(call.query, "CreateOptions", false));
  if (!write.field_manager.empty()) call.context.manager = write.field_manager;
  call.context.dry_run = write.dry_run;
  call.context.field_validation = write.field_validation;
  API_ASSIGN(Value object, read_object(resource, call.request, call.context));
  API_ASSIGN(Written written, writer_.create(resource, call.info.ns, std::move(object), call.context));
  return item_response(cluster_, resource, 201, written.item, call.accepted);
}

ApiResult<Response> Api::replace(Call& call) {
  const Resource& resource = *call.resource;
  API_ASSIGN(WriteQuery write, WriteQuery::parse(call.query, "UpdateOptions", false));
  if (!write.field_manager.empty()) call.context.manager = write.field_manager;
  call.context.dry_run = write.dry_run;
  call.context.field_validation = write.field_validation;
  API_ASSIGN(Value object, read_object(resource, call.request, call.context));
  Update update;
  update.replace = true;
  update.subresource = call.info.subresource;
  update.change = [object](const Value&, WriteContext&) -> ApiResult<Value> { return object; };
  API_ASSIGN(Written written, writer_.update(resource, call.info.ns, call.info.name, update, call.context));
  return item_response(cluster_, resource, written.created ? 201 : 200, written.item, call.accepted);
}

namespace {

void add_deprecation(const Resource& resource, std::vector<std::string>& warnings) {
  if (resource.info.group.empty() && resource.info.kind == "Endpoints")
    warnings.push_back("v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice");
  if (resource.info.group.empty() && resource.info.kind == "ComponentStatus") warnings.push_back("v1 ComponentStatus is deprecated in v1.19+");
  if (resource.custom) add_custom_deprecation(resource, warnings);
}

}  // namespace

}  // namespace taut::sandbox
