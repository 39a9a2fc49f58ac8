#include "io/kube/cluster.hh"

#include "base/log.hh"
#include "io/kube/kube_watch.hh"
#include "io/kube/status.hh"
#include "value/json.hh"

namespace taut::kube {
namespace {

// A server that cannot make these sends the objects whole.
constexpr std::string_view kMetadataOnly = "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1,application/json";
constexpr std::string_view kNoSuchResource = "the server could not find the requested resource";

struct VerbFacts {
  const char* method;
  const char* content_type;
  const char* name;
  bool idempotent;
};

VerbFacts facts_of(WriteVerb verb) {
  switch (verb) {
    case WriteVerb::kApply: return {"PATCH", "application/apply-patch+yaml", "applying", true};
    case WriteVerb::kCreate: return {"POST", "application/json", "creating", false};
    case WriteVerb::kUpdate: return {"PUT", "application/json", "updating", true};
    case WriteVerb::kMergePatch: return {"PATCH", "application/merge-patch+json", "patching", true};
    case WriteVerb::kJsonPatch: return {"PATCH", "application/json-patch+json", "patching", false};
    case WriteVerb::kStrategicPatch: return {"PATCH", "application/strategic-merge-patch+json", "patching", false};
  }
  return {"", "", "", false};
}

std::string describe(std::string_view doing, const ObjectRef& ref) {
  return fmt::format("{} {} {}{}{}", doing, ref.gvk.to_string(), ref.ns, ref.ns.empty() ? "" : "/", ref.name);
}

// Bodies must name what they are; callers may leave that to the reference. Patches are sent as they are.
Value complete(const WriteRequest& request) {
  Value body = request.body;
  bool object =
      request.verb == WriteVerb::kApply || request.verb == WriteVerb::kCreate || request.verb == WriteVerb::kUpdate;
  if (!object || request.subresource == "scale") return body;
  if (!body.contains("apiVersion")) body.set("apiVersion", request.ref.gvk.api_version());
  if (!body.contains("kind")) body.set("kind", request.ref.gvk.kind);
  if (!request.ref.name.empty() && !body["metadata"].contains("name"))
    body.edit("metadata").set("name", request.ref.name);
  return body;
}

// An update that carries a resourceVersion conflicts with itself when it is sent twice.
bool may_repeat(const WriteRequest& request) {
  return facts_of(request.verb).idempotent && request.body["metadata"]["resourceVersion"].empty();
}

}  // namespace

std::string query_of(std::initializer_list<std::pair<std::string_view, std::string_view>> parameters) {
  std::string out;
  for (const auto& [name, value] : parameters) {
    if (value.empty()) continue;
    out += out.empty() ? "?" : "&";
    out.append(name).append("=").append(url_encode(value));
  }
  return out;
}

KubeCluster::KubeCluster(ClientConfig config, KubeOptions options)
    : options_(std::move(options)),
      transport_(std::move(config), options_.transport),
      discoverer_(transport_),
      workers_(options_.watch_threads) {}

KubeCluster::~KubeCluster() = default;

Result<Discovery> KubeCluster::discover() {
  TAUT_ASSIGN(auto found, discoverer_.refresh());
  return *found;
}

Result<std::string> KubeCluster::collection_path(const Gvk& gvk, const std::string& ns) {
  TAUT_ASSIGN(ApiResource resource, discoverer_.find(gvk));
  std::string out = gvk.group.empty() ? "/api/" + gvk.version : "/apis/" + gvk.group + '/' + gvk.version;
  if (resource.namespaced && !ns.empty()) out += "/namespaces/" + url_encode(ns);
  return out + '/' + resource.plural;
}

Result<std::string> KubeCluster::object_path(const ObjectRef& ref, const std::string& subresource) {
  TAUT_ASSIGN(std::string out, collection_path(ref.gvk, ref.ns));
  if (!ref.name.empty()) out += '/' + url_encode(ref.name);
  if (!subresource.empty()) out += '/' + subresource;
  return out;
}

// Sends, and adds to an error what was being done. A kind that is not where discovery had it is looked for anew by
// the next call.
Result<net::HttpResponse> KubeCluster::send(const ApiRequest& request, const std::string& doing) {
  auto answer = transport_.send(request);
  if (answer) return answer;
  if (answer.error().code() == Code::kNotFound && answer.error().message() == kNoSuchResource) discoverer_.forget();
  return fail(std::move(answer).error().while_doing(doing));
}

Result<Value> KubeCluster::get(const ObjectRef& ref) {
  TAUT_ASSIGN(std::string path, object_path(ref, ""));
  TAUT_ASSIGN(auto answer, send({.path = std::move(path)}, describe("getting", ref)));
  return parse_json(answer.body);
}

// Appends one page to `out`; the token of the next one, "" at the end.
Result<std::string> KubeCluster::list_page(const std::string& path, const ListOptions& options,
                                           const std::string& token, int limit, const Gvk& gvk,
                                           const std::optional<Cancel>& cancel, ObjectList& out) {
  std::string query = query_of({{"labelSelector", options.label_selector},
                                {"fieldSelector", options.field_selector},
                                {"limit", limit > 0 ? std::to_string(limit) : ""},
                                {"continue", token}});
  ApiRequest request{.path = path + query, .cancel = cancel};
  if (options.metadata_only) request.accept = kMetadataOnly;
  TAUT_ASSIGN(auto answer, send(request, "listing " + gvk.to_string()));
  TAUT_ASSIGN(Value page, parse_json(answer.body));
  Value api_version = gvk.api_version(), kind = gvk.kind;
  Value items = std::move(page.edit("items"));
  out.items.reserve(out.items.size() + items.size());
  for (size_t i = 0; i < items.size(); ++i) {
    Value object = std::move(items.edit(i));
    if (options.metadata_only || !object.contains("apiVersion")) object.set("apiVersion", api_version);
    if (options.metadata_only || !object.contains("kind")) object.set("kind", kind);
    out.items.push_back(std::move(object));
  }
  out.resource_version = page["metadata"]["resourceVersion"].str();
  return page["metadata"]["continue"].str();
}

Result<ObjectList> KubeCluster::list(const Gvk& gvk, const ListOptions& options) { return list(gvk, options, {}); }

Result<ObjectList> KubeCluster::list(const Gvk& gvk, const ListOptions& options, std::optional<Cancel> cancel) {
  TAUT_ASSIGN(std::string path, collection_path(gvk, options.ns));
  ObjectList out;
  std::string token;
  int limit = options_.list_chunk;
  do {
    auto next = list_page(path, options, token, limit, gvk, cancel, out);
    if (!next && next.error().code() == Code::kGone && !token.empty()) {
      // The snapshot behind the token was compacted away: begin again, all in one piece (client-go's pager).
      out = {};
      limit = 0;
      next = list_page(path, options, "", limit, gvk, cancel, out);
    }
    if (!next) return fail(std::move(next).error());
    token = std::move(*next);
  } while (!token.empty());
  return out;
}

Result<WriteResult> KubeCluster::write(const WriteRequest& request) {
  VerbFacts facts = facts_of(request.verb);
  bool to_collection = request.verb == WriteVerb::kCreate && request.subresource.empty();
  ObjectRef target = request.ref;
  if (to_collection) target.name.clear();
  TAUT_ASSIGN(std::string path, object_path(target, request.subresource));
  bool apply = request.verb == WriteVerb::kApply;
  path += query_of({{"fieldManager", request.field_manager},
                    {"force", apply ? (request.force ? "true" : "false") : ""},
                    {"dryRun", request.dry_run ? "All" : ""},
                    {"fieldValidation", request.field_validation}});
  ApiRequest api{.method = facts.method,
                 .path = std::move(path),
                 .body = to_json(complete(request)),
                 .content_type = facts.content_type,
                 .idempotent = may_repeat(request)};
  TAUT_ASSIGN(auto answer, send(api, describe(facts.name, request.ref)));
  WriteResult out;
  TAUT_ASSIGN(out.object, parse_json(answer.body));
  out.created = answer.status == 201;
  out.warnings = warnings_of(answer);
  for (const std::string& warning : out.warnings) log_warning(warning);
  return out;
}

// Each is logged once.
void KubeCluster::log_warning(const std::string& warning) {
  constexpr size_t kMost = 1000;
  if (!log::enabled(log::Level::kWarn)) return;
  std::lock_guard lock(warned_mutex_);
  if (warned_.size() < kMost && warned_.insert(warning).second) log::warn("the API server warns: {}", warning);
}

Result<Value> KubeCluster::remove(const ObjectRef& ref, const DeleteOptions& options) {
  TAUT_ASSIGN(std::string path, object_path(ref, ""));
  Value body = Value::map({{"apiVersion", "v1"}, {"kind", "DeleteOptions"}});
  if (!options.propagation.empty()) body.set("propagationPolicy", options.propagation);
  if (!options.uid.empty()) body.set("preconditions", Value::map({{"uid", options.uid}}));
  if (options.dry_run) body.set("dryRun", Value::list({"All"}));
  ApiRequest request{
      .method = "DELETE", .path = std::move(path), .body = to_json(body), .content_type = "application/json"};
  TAUT_ASSIGN(auto answer, send(request, describe("deleting", ref)));
  return parse_json(answer.body);
}

std::unique_ptr<Watch> KubeCluster::watch(const Gvk& gvk, const ListOptions& options, WatchHandler handler) {
  return start_watch(*this, gvk, options, std::move(handler));
}

}  // namespace taut::kube
