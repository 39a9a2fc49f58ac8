#include "sandbox/openapi.hh"

#include <zlib.h>

#include "base/hash.hh"
#include "base/strings.hh"
#include "embedded/sandbox_openapi.hh"
#include "sandbox/custom.hh"
#include "sandbox/openapi_v2.hh"
#include "value/json.hh"

namespace taut::sandbox {
namespace {

std::string gunzip(std::string_view packed) {
  z_stream z{};
  inflateInit2(&z, 16 + MAX_WBITS);
  z.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(packed.data()));
  z.avail_in = static_cast<uInt>(packed.size());
  std::string out;
  char buffer[64 * 1024];
  int state = Z_OK;
  while (state == Z_OK) {
    z.next_out = reinterpret_cast<Bytef*>(buffer);
    z.avail_out = sizeof buffer;
    state = inflate(&z, Z_NO_FLUSH);
    out.append(buffer, sizeof buffer - z.avail_out);
  }
  inflateEnd(&z);
  return out;
}

// The component schemas of all built-in kinds: about 1.2 MB of text, read when somebody asks for the first time.
const Value& builtin_schemas() {
  static const Value value = parse_json(gunzip(embedded::sandbox_openapi())).value_or(Value());
  return value;
}

Value gvk_value(const Resource& r) {
  return Value::map({{"group", r.info.group}, {"version", r.info.version}, {"kind", r.info.kind}});
}

Value query_parameter(const char* name, const char* type) {
  return Value::map({{"name", name}, {"in", "query"}, {"schema", Value::map({{"type", type}, {"uniqueItems", true}})}});
}

Value operation(const Resource& r, const char* action, bool write, const Value& answer) {
  Value parameters = Value::list();
  if (write)
    for (const char* name : {"dryRun", "fieldManager", "fieldValidation"}) parameters.push_back(query_parameter(name, "string"));
  if (std::string_view(action) == "patch") parameters.push_back(query_parameter("force", "boolean"));
  Value out = Value::map({{"x-kubernetes-action", action}, {"x-kubernetes-group-version-kind", gvk_value(r)}, {"parameters", std::move(parameters)}});
  Value content = Value::map({{"application/json", Value::map({{"schema", answer}})}});
  out.set("responses", Value::map({{"200", Value::map({{"description", "OK"}, {"content", std::move(content)}})}}));
  return out;
}

void add_paths(const Resource& r, const Value& answer, Value& paths) {
  std::string base = r.info.group.empty() ? "/api/" + r.info.version : "/apis/" + r.info.group + '/' + r.info.version;
  if (r.info.namespaced) base += "/namespaces/{namespace}";
  base += '/' + r.info.plural;
  Value collection = Value::map(), object = Value::map();
  if (r.info.has_verb("list")) collection.set("get", operation(r, "list", false, answer));
  if (r.info.has_verb("create")) collection.set("post", operation(r, "post", true, answer));
  if (r.info.has_verb("get")) object.set("get", operation(r, "get", false, answer));
  if (r.info.has_verb("update")) object.set("put", operation(r, "put", true, answer));
  if (r.info.has_verb("patch")) object.set("patch", operation(r, "patch", true, answer));
  if (r.info.has_verb("delete")) object.set("delete", operation(r, "delete", false, answer));
  paths.set(base, std::move(collection));
  if (!object.empty()) paths.set(base + "/{name}", std::move(object));
}

// "io.k8s.api.apps.v1.Deployment" of a kind, as far as a schema says that it is one.
std::string schema_name(const Value& schemas, const Value& names, const Resource& r) {
  for (const Value& name : names.items())
    for (const Value& gvk : schemas[name.as_string()]["x-kubernetes-group-version-kind"].items())
      if (gvk["kind"].as_string() == r.info.kind && gvk["group"].as_string() == r.info.group &&
          gvk["version"].as_string() == r.info.version)
        return name.str();
  return "";
}

Value reference(const std::string& name) { return Value::map({{"$ref", "#/components/schemas/" + name}}); }

// The schema of a custom kind with the fields that every object has.
Value custom_schema(const Resource& r) {
  Value out = r.custom->schema();
  if (!out.is_map()) out = Value::map({{"type", "object"}});
  Value& properties = out.edit("properties");
  properties.set("apiVersion", Value::map({{"type", "string"}}));
  properties.set("kind", Value::map({{"type", "string"}}));
  properties.set("metadata", Value::map({{"allOf", Value::list({reference("io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta")})}}));
  out.set("x-kubernetes-group-version-kind", Value::list({gvk_value(r)}));
  return out;
}

void add_meta_schemas(const Value& all, Value& schemas) {
  for (const Entry& e : all.entries())
    if (e.key().starts_with("io.k8s.apimachinery.pkg.apis.meta.v1.") || e.key().starts_with("io.k8s.apimachinery.pkg.runtime")) schemas.set(e.key(), e.value);
}

Value document(const GroupVersion& gv) {
  const Value& all = builtin_schemas()["schemas"];
  const Value& names = builtin_schemas()["versions"][Gvk{gv.group, gv.version, ""}.api_version()];
  Value schemas = Value::map(), paths = Value::map();
  for (const Value& name : names.items()) schemas.set(name.as_string(), all[name.as_string()]);
  for (const ResourcePtr& r : gv.resources) {
    std::string name;
    if (r->custom) {
      std::vector<std::string_view> labels = split(r->info.group, '.');
      std::reverse(labels.begin(), labels.end());
      name = join(labels, ".") + '.' + r->info.version + '.' + r->info.kind;
      add_meta_schemas(all, schemas);
      schemas.set(name, custom_schema(*r));
    } else {
      name = schema_name(schemas, names, *r);
    }
    add_paths(*r, name.empty() ? Value::map() : reference(name), paths);
  }
  Value info = Value::map({{"title", "Kubernetes"}, {"version", "v1.36.1"}});
  return Value::map({{"openapi", "3.0.0"}, {"info", std::move(info)}, {"paths", std::move(paths)},
                     {"components", Value::map({{"schemas", std::move(schemas)}})}});
}

// What a document depends on, hashed: the built-in schemas, and the custom ones of this group version.
std::string document_hash(const GroupVersion& gv) {
  uint64_t hash = hash64(gv.group + '/' + gv.version);
  for (const ResourcePtr& r : gv.resources) hash = mix(hash, r->custom ? r->custom->schema().hash() : hash64(r->info.plural));
  return fmt::format("{:016X}", hash);
}

std::string path_of(const GroupVersion& gv) {
  return gv.group.empty() ? "api/" + gv.version : "apis/" + gv.group + '/' + gv.version;
}

Response index(const std::vector<GroupVersion>& all) {
  Value paths = Value::map();
  auto add = [&](const std::string& path, const std::string& hash) {
    paths.set(path, Value::map({{"serverRelativeURL", "/openapi/v3/" + path + "?hash=" + hash}}));
  };
  for (const GroupVersion& gv : all) {
    add(path_of(gv), document_hash(gv));
    if (!gv.group.empty()) add("apis/" + gv.group, "0");
  }
  for (const char* path : {"api", "apis", "version", ".well-known/openid-configuration", "openid/v1/jwks"}) add(path, "0");
  Response out;
  out.content_type = "text/plain; charset=utf-8";
  out.body = to_json(Value::map({{"paths", std::move(paths)}}));
  return out;
}

// Documents are made once for each hash: they are large and asked for by every new client.
std::shared_ptr<const std::string> cached_document(const GroupVersion& gv, const std::string& hash) {
  static std::mutex mutex;
  static std::map<std::string, std::shared_ptr<const std::string>> cache;
  std::lock_guard lock(mutex);
  auto& slot = cache[path_of(gv) + '?' + hash];
  if (!slot) slot = std::make_shared<const std::string>(to_json(document(gv)));
  if (cache.size() > 256) {
    auto kept = slot;
    cache.clear();
    return kept;
  }
  return slot;
}

// All of it in one; made anew when a definition changes.
Response swagger(const std::vector<GroupVersion>& all) {
  static std::mutex mutex;
  static std::string known;
  static std::shared_ptr<const std::string> text;
  std::string hash;
  for (const GroupVersion& gv : all) hash += document_hash(gv);
  std::lock_guard lock(mutex);
  if (known != hash) {
    std::vector<Value> documents;
    for (const GroupVersion& gv : all) documents.push_back(document(gv));
    text = std::make_shared<const std::string>(to_json(swagger_document(documents)));
    known = hash;
  }
  Response out;
  out.shared = text;
  out.headers.emplace_back("ETag", fmt::format("\"{:016X}\"", hash64(hash)));
  return out;
}

}  // namespace

std::optional<Response> serve_openapi(Cluster& cluster, const Request&, const Query& query,
                                      const std::vector<std::string_view>& path) {
  if (path.size() < 2 || (path[1] != "v3" && path[1] != "v2")) return std::nullopt;
  auto all = cluster.registry.group_versions();
  if (path[1] == "v2") return path.size() == 2 ? std::optional<Response>(swagger(all)) : std::nullopt;
  if (path.size() == 2) return index(all);
  std::string wanted = join(std::vector<std::string_view>(path.begin() + 2, path.end()), "/");
  for (const GroupVersion& gv : all) {
    if (path_of(gv) != wanted) continue;
    std::string hash = document_hash(gv);
    Response out;
    out.shared = cached_document(gv, hash);
    out.headers.emplace_back("ETag", '"' + hash + '"');
    if (query.get("hash") == hash) out.headers.emplace_back("Cache-Control", "public, immutable, max-age=31536000");
    return out;
  }
  for (std::string_view plain : {"api", "apis", "version"})
    if (wanted == plain || (wanted.starts_with("apis/") && cluster.registry.has_group(wanted.substr(5)))) {
      Response out;
      out.body = R"({"openapi":"3.0.0","info":{"title":"Kubernetes","version":"v1.36.1"},"paths":{}})";
      return out;
    }
  return std::nullopt;
}

}  // namespace taut::sandbox
