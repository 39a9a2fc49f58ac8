// Paths that are not resources: discovery old and aggregated, OpenAPI, health, version.
#include "base/hash.hh"
#include "base/strings.hh"
#include "sandbox/api.hh"
#include "sandbox/openapi.hh"
#include "value/json.hh"

namespace taut::sandbox {
namespace {

Value strings(const std::vector<std::string>& list) {
  Value out = Value::list();
  for (const std::string& s : list) out.push_back(s);
  return out;
}

Response json(const Value& value) {
  Response out;
  out.body = to_json(value);
  return out;
}

Response text(std::string body) {
  Response out;
  out.content_type = "text/plain; charset=utf-8";
  out.body = std::move(body);
  return out;
}

// As in the real server's answers: the hash of the type that is stored.
std::string storage_version_hash(const Resource& resource) {
  Hash128 hash = hash128(resource.stored_as.group + '/' + resource.stored_as.version + '/' + resource.stored_as.kind);
  return hash.hex().substr(0, 11) + "=";
}

// In the order in which the real server writes them.
Value custom_verbs() {
  return Value::list({"delete", "deletecollection", "get", "list", "patch", "create", "update", "watch"});
}

Value resource_entry(const Resource& resource) {
  const schema::KindInfo& info = resource.info;
  Value out = Value::map({{"name", info.plural}, {"singularName", info.singular}, {"namespaced", info.namespaced},
                          {"kind", info.kind}, {"verbs", resource.custom ? custom_verbs() : strings(info.verbs)}});
  if (!info.short_names.empty()) out.set("shortNames", strings(info.short_names));
  if (!info.categories.empty()) out.set("categories", strings(info.categories));
  if (info.has_verb("create") && info.has_verb("get")) out.set("storageVersionHash", storage_version_hash(resource));
  return out;
}

Value subresource_entry(const Resource& resource, const schema::Subresource& sub) {
  Value out = Value::map({{"name", resource.info.plural + '/' + sub.name}, {"singularName", ""},
                          {"namespaced", resource.info.namespaced}, {"kind", sub.kind}, {"verbs", strings(sub.verbs)}});
  if (sub.foreign) {
    if (!sub.group.empty()) out.set("group", sub.group);
    out.set("version", sub.version);
  }
  return out;
}

Response resource_list(const GroupVersion& gv) {
  std::vector<Value> entries;
  for (const ResourcePtr& r : gv.resources) {
    entries.push_back(resource_entry(*r));
    for (const schema::Subresource& sub : r->info.subresources) entries.push_back(subresource_entry(*r, sub));
  }
  std::sort(entries.begin(), entries.end(), [](const Value& a, const Value& b) { return a["name"].as_string() < b["name"].as_string(); });
  Value list = Value::list();
  for (Value& e : entries) list.push_back(std::move(e));
  Value out = Value::map({{"kind", "APIResourceList"}, {"groupVersion", Gvk{gv.group, gv.version, ""}.api_version()},
                          {"resources", std::move(list)}});
  if (!gv.group.empty()) out.set("apiVersion", "v1");  // the core group leaves it out
  return json(out);
}

Value api_group(const std::vector<GroupVersion>& all, const std::string& group) {
  Value versions = Value::list();
  for (const GroupVersion& gv : all)
    if (gv.group == group)
      versions.push_back(Value::map({{"groupVersion", group + '/' + gv.version}, {"version", gv.version}}));
  Value preferred = versions[0];
  return Value::map({{"name", group}, {"versions", std::move(versions)}, {"preferredVersion", std::move(preferred)}});
}

std::vector<std::string> groups_of(const std::vector<GroupVersion>& all) {
  std::vector<std::string> out;
  for (const GroupVersion& gv : all)
    if (!gv.group.empty() && std::find(out.begin(), out.end(), gv.group) == out.end()) out.push_back(gv.group);
  return out;
}

Response group_list(const std::vector<GroupVersion>& all) {
  Value groups = Value::list();
  for (const std::string& group : groups_of(all)) groups.push_back(api_group(all, group));
  return json(Value::map({{"kind", "APIGroupList"}, {"apiVersion", "v1"}, {"groups", std::move(groups)}}));
}

Response core_versions() {
  Value address = Value::map({{"clientCIDR", "0.0.0.0/0"}, {"serverAddress", "127.0.0.1"}});
  return json(Value::map({{"kind", "APIVersions"}, {"versions", Value::list({"v1"})},
                          {"serverAddressByClientCIDRs", Value::list({address})}}));
}

Value response_kind(const std::string& group, const std::string& version, const std::string& kind) {
  return Value::map({{"group", group}, {"version", version}, {"kind", kind}});
}

Value aggregated_resource(const Resource& r) {
  const schema::KindInfo& info = r.info;
  Value out = Value::map({{"resource", info.plural}, {"responseKind", response_kind(info.group, info.version, info.kind)},
                          {"scope", info.namespaced ? "Namespaced" : "Cluster"}, {"singularResource", info.singular},
                          {"verbs", strings(info.verbs)}});
  if (!info.short_names.empty()) out.set("shortNames", strings(info.short_names));
  if (!info.categories.empty()) out.set("categories", strings(info.categories));
  Value subs = Value::list();
  for (const schema::Subresource& sub : info.subresources) {
    std::string group = sub.foreign ? sub.group : info.group, version = sub.foreign ? sub.version : info.version;
    subs.push_back(Value::map({{"subresource", sub.name}, {"responseKind", response_kind(group, version, sub.kind)}, {"verbs", strings(sub.verbs)}}));
  }
  if (!subs.empty()) out.set("subresources", std::move(subs));
  return out;
}

// APIGroupDiscoveryList of the core group alone, or of all others.
Response aggregated(const std::vector<GroupVersion>& all, bool core, const std::string& version) {
  Value items = Value::list();
  std::vector<std::string> groups = core ? std::vector<std::string>{""} : groups_of(all);
  for (const std::string& group : groups) {
    Value versions = Value::list();
    for (const GroupVersion& gv : all) {
      if (gv.group != group) continue;
      Value resources = Value::list();
      for (const ResourcePtr& r : gv.resources) resources.push_back(aggregated_resource(*r));
      versions.push_back(Value::map({{"version", gv.version}, {"freshness", "Current"}, {"resources", std::move(resources)}}));
    }
    Value meta = Value::map({{"creationTimestamp", Value()}});
    if (!group.empty()) meta.set("name", group);
    items.push_back(Value::map({{"metadata", std::move(meta)}, {"versions", std::move(versions)}}));
  }
  Response out = json(Value::map({{"kind", "APIGroupDiscoveryList"}, {"apiVersion", "apidiscovery.k8s.io/" + version},
                                  {"metadata", Value::map()}, {"items", std::move(items)}}));
  out.content_type = "application/json;g=apidiscovery.k8s.io;v=" + version + ";as=APIGroupDiscoveryList";
  return out;
}

// The aggregated version that the client takes, "" when it wants the old form.
std::string aggregated_version(std::string_view accept) {
  for (std::string_view part : split(accept, ',')) {
    if (!contains(part, "as=APIGroupDiscoveryList") || !contains(part, "g=apidiscovery.k8s.io")) {
      if (contains(part, "application/json") || contains(part, "*/*")) return "";
      continue;
    }
    if (!contains(part, "application/json")) continue;
    if (contains(part, "v=v2beta1")) return "v2beta1";
    if (contains(part, "v=v2")) return "v2";
  }
  return "";
}

Response version() {
  return json(Value::map({{"major", "1"}, {"minor", "36"}, {"emulationMajor", "1"}, {"emulationMinor", "36"},
                          {"minCompatibilityMajor", "1"}, {"minCompatibilityMinor", "35"}, {"gitVersion", "v1.36.1"},
                          {"gitCommit", "taut-sandbox"}, {"gitTreeState", "clean"}, {"buildDate", "2026-01-01T00:00:00Z"},
                          {"goVersion", "go1.26.0"}, {"compiler", "gc"}, {"platform", "linux/amd64"}}));
}

std::optional<Response> serve_groups(Cluster& cluster, const Request& request, const std::vector<std::string_view>& parts) {
  auto all = cluster.registry.group_versions();
  std::string aggregate = aggregated_version(request.header("Accept"));
  if (parts[0] == "api" && parts.size() == 1) return aggregate.empty() ? core_versions() : aggregated(all, true, aggregate);
  if (parts[0] == "apis" && parts.size() == 1) return aggregate.empty() ? group_list(all) : aggregated(all, false, aggregate);
  std::string group = parts[0] == "api" ? "" : std::string(parts[1]);
  if (parts[0] == "apis" && parts.size() == 2) {
    if (!cluster.registry.has_group(group)) return std::nullopt;
    Value out = api_group(all, group);
    out.set("kind", "APIGroup");
    out.set("apiVersion", "v1");
    return json(out);
  }
  std::string_view wanted = parts.back();
  if (parts.size() != (group.empty() ? 2u : 3u)) return std::nullopt;
  for (const GroupVersion& gv : all)
    if (gv.group == group && gv.version == wanted) return resource_list(gv);
  return std::nullopt;
}

}  // namespace

std::optional<Response> serve_path(Cluster& cluster, const Request& request, const Query& query) {
  std::vector<std::string_view> parts;
  for (std::string_view part : split(request.path, '/'))
    if (!part.empty()) parts.push_back(part);
  if (parts.empty()) {
    Value paths = Value::list({"/.well-known/openid-configuration", "/api", "/api/v1", "/apis", "/healthz", "/livez", "/openapi/v2",
                               "/openapi/v3", "/readyz", "/version"});
    return json(Value::map({{"paths", std::move(paths)}}));
  }
  std::string_view first = parts[0];
  if (first == "healthz" || first == "readyz" || first == "livez") {
    std::string_view check = first == "healthz" ? "healthz" : first;
    return text(query.has("verbose") ? fmt::format("[+]ping ok\n{} check passed\n", check) : "ok");
  }
  if (first == "version") return version();
  if (first == "metrics") return text("# HELP taut_sandbox_up 1 while the sandbox serves.\n# TYPE taut_sandbox_up gauge\ntaut_sandbox_up 1\n");
  if (first == "api" || first == "apis") return serve_groups(cluster, request, parts);
  if (first == "openapi") return serve_openapi(cluster, request, query, parts);
  if (request.path == "/.well-known/openid-configuration")
    return json(Value::map({{"issuer", "https://kubernetes.default.svc"}, {"jwks_uri", "https://127.0.0.1/openid/v1/jwks"},
                            {"response_types_supported", Value::list({"id_token"})},
                            {"subject_types_supported", Value::list({"public"})},
                            {"id_token_signing_alg_values_supported", Value::list({"HS256"})}}));
  if (request.path == "/openid/v1/jwks") return json(Value::map({{"keys", Value::list()}}));
  return std::nullopt;
}

}  // namespace taut::sandbox
