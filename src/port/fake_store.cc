#include "port/fake_store.hh"

#include <algorithm>
#include <chrono>

#include "schema/builtin.hh"
#include "smd/strategic.hh"
#include "value/patch.hh"

namespace taut {
namespace {

std::string group_resource(const ApiResource& resource) {
  return resource.gvk.group.empty() ? resource.plural : resource.plural + '.' + resource.gvk.group;
}

bool has_subresource(const ApiResource& resource, std::string_view name) {
  return std::find(resource.subresources.begin(), resource.subresources.end(), name) != resource.subresources.end();
}

Value content_of(Value object) {
  object.erase("status");
  object.erase("metadata");
  object.erase("apiVersion");
  return object;
}

Value scale_of(const Value& object) {
  Value metadata = Value::map();
  for (const char* key : {"name", "namespace", "uid", "resourceVersion", "creationTimestamp"})
    if (const Value* found = object["metadata"].find(key)) metadata.set(key, *found);
  return Value::map({{"apiVersion", "autoscaling/v1"},
                     {"kind", "Scale"},
                     {"metadata", metadata},
                     {"spec", Value::map({{"replicas", object["spec"]["replicas"].as_int()}})},
                     {"status", Value::map({{"replicas", object["status"]["replicas"].as_int()}})}});
}

ObjectId id_of(const ObjectRef& ref, const ApiResource& resource) {
  return {ref.gvk.group, ref.gvk.kind, resource.namespaced ? ref.ns : "", ref.name};
}

}  // namespace

FakeStore::FakeStore() : now(std::chrono::sys_days(std::chrono::year{2026} / 1 / 1)) {
  discovery.version = "v1.36.1";
  discovery.resources = fake_builtin_resources();
  std::vector<FakeChange> ignored;
  for (const char* name : {"default", "kube-system"})
    put(Value::map({{"apiVersion", "v1"},
                    {"kind", "Namespace"},
                    {"metadata", Value::map({{"name", name}})},
                    {"status", Value::map({{"phase", "Active"}})}}),
        ignored);
}

Result<const ApiResource*> FakeStore::resource(const Gvk& gvk) const {
  if (const ApiResource* found = discovery.find(gvk)) return found;
  return fail(Code::kNotFound, "no matches for kind \"{}\" in version \"{}\"", gvk.kind, gvk.api_version());
}

Value FakeStore::find(const ObjectId& id) const {
  auto found = objects_.find(id);
  return found == objects_.end() ? Value() : found->second;
}

Result<Value> FakeStore::get(const ObjectRef& ref) const {
  TAUT_ASSIGN(const ApiResource* resource, this->resource(ref.gvk));
  Value object = find(id_of(ref, *resource));
  if (object.is_null()) return fail(Code::kNotFound, "{} \"{}\" not found", group_resource(*resource), ref.name);
  object.set("apiVersion", ref.gvk.api_version());
  return object;
}

Status FakeStore::check_new(const WriteRequest& request, const ApiResource& resource) const {
  if (request.verb != WriteVerb::kCreate && request.verb != WriteVerb::kApply)
    return fail(Code::kNotFound, "{} \"{}\" not found", group_resource(resource), request.ref.name);
  if (!request.body["metadata"]["resourceVersion"].as_string().empty() && request.verb == WriteVerb::kCreate)
    return fail(Code::kInvalid, "resourceVersion should not be set on objects to be created");
  if (!resource.namespaced) return {};
  Value ns = find({"", "Namespace", "", request.ref.ns});
  if (ns.is_null()) return fail(Code::kNotFound, "namespaces \"{}\" not found", request.ref.ns);
  if (ns["metadata"].contains("deletionTimestamp"))
    return fail(
        Code::kForbidden,
        "{} \"{}\" is forbidden: unable to create new content in namespace {} because it is being terminated",
        group_resource(resource), request.ref.name, request.ref.ns);
  return {};
}

// How objects of this resource merge; kinds of which no schema is known merge as their values suggest.
smd::KindInfo FakeStore::kind_info(const ApiResource& resource, const std::string& subresource) const {
  if (auto known = smd::builtin_kind(resource.gvk.api_version(), resource.gvk.kind, subresource)) return *known;
  smd::KindInfo out;
  out.api_version = resource.gvk.api_version();
  out.kind = resource.gvk.kind;
  out.type = [](std::string_view) { return &schema::deduced_type(); };
  out.reset =
      smd::reset_fields(resource.gvk.group, resource.gvk.kind, subresource, has_subresource(resource, "status"));
  return out;
}

Result<Value> FakeStore::apply(const WriteRequest& request, const ApiResource& resource, const Value& live) const {
  Value config = request.body;
  config.set("apiVersion", request.ref.gvk.api_version());
  config.set("kind", request.ref.gvk.kind);
  config.edit("metadata").set("name", request.ref.name);
  auto merged = smd::apply(kind_info(resource, request.subresource), live,
                           {config, request.field_manager, request.force, request.subresource, now});
  if (!merged) return fail(merged.error().to_error());
  return std::move(*merged);
}

// An object as a replace or patch makes it, with its owners.
Value FakeStore::owned(Value object, const Value& live, const ApiResource& resource, const std::string& manager,
                       const std::string& subresource) const {
  object.set("apiVersion", resource.gvk.api_version());
  object.set("kind", resource.gvk.kind);
  return smd::update(kind_info(resource, subresource), live, {std::move(object), manager, subresource, now});
}

// What the object would be, before the server's own fields are put right.
Result<Value> FakeStore::next_object(const WriteRequest& request, const ApiResource& resource,
                                     const Value& live) const {
  if (live.is_null()) TAUT_TRY(check_new(request, resource));
  std::string_view wanted = request.body["metadata"]["resourceVersion"].as_string();
  if (!live.is_null() && !wanted.empty() && wanted != live["metadata"]["resourceVersion"].as_string())
    return fail(
        Code::kConflict,
        "Operation cannot be fulfilled on {} \"{}\": the object has been modified; please apply your changes "
        "to the latest version and try again",
        group_resource(resource), request.ref.name);
  if (request.subresource == "scale") return scaled(request, live);
  Value next;
  switch (request.verb) {
    case WriteVerb::kApply: return apply(request, resource, live);
    case WriteVerb::kCreate:
      if (!live.is_null())
        return fail(Code::kAlreadyExists, "{} \"{}\" already exists", group_resource(resource), request.ref.name);
      [[fallthrough]];
    case WriteVerb::kUpdate: next = request.body; break;
    case WriteVerb::kMergePatch: next = apply_merge_patch(live, request.body); break;
    case WriteVerb::kJsonPatch: {
      TAUT_ASSIGN(next, apply_json_patch(live, request.body));
      break;
    }
    case WriteVerb::kStrategicPatch: {
      const schema::Type* type = schema::builtin_type(resource.gvk.group, resource.gvk.version, resource.gvk.kind);
      if (!type)
        return fail(Code::kInvalid,
                    "the body of the request was in an unknown format - accepted media types include: "
                    "application/json-patch+json, application/merge-patch+json, application/apply-patch+yaml");
      auto merged = smd::strategic_merge(live, request.body, *type);
      if (!merged) return fail(merged.error().to_error());
      next = std::move(*merged);
      break;
    }
  }
  return owned(std::move(next), live, resource, request.field_manager, request.subresource);
}

Result<Value> FakeStore::scaled(const WriteRequest& request, const Value& live) const {
  Value scale = scale_of(live);
  if (request.verb == WriteVerb::kJsonPatch) {
    TAUT_ASSIGN(scale, apply_json_patch(scale, request.body));
  } else {
    scale = apply_merge_patch(scale, request.body);
  }
  return scale;
}

// Keeps what the request may not change: identity, and status or all but status.
Value FakeStore::settle(Value next, const Value& live, const ApiResource& resource,
                        const std::string& subresource) const {
  if (subresource == "status") {
    Value out = live;
    if (next.contains("status")) out.set("status", next["status"]);
    if (next["metadata"].contains("managedFields"))
      out.edit("metadata").set("managedFields", next["metadata"]["managedFields"]);
    return out;
  }
  if (subresource == "scale") {
    Value out = live;
    out.edit("spec").set("replicas", next["spec"]["replicas"]);
    return out;
  }
  if (has_subresource(resource, "status")) {
    next.erase("status");
    if (live.contains("status")) next.set("status", live["status"]);
  }
  Value& metadata = next.edit("metadata");
  for (const char* key : {"uid", "resourceVersion", "generation", "creationTimestamp", "deletionTimestamp",
                          "deletionGracePeriodSeconds", "selfLink"}) {
    metadata.erase(key);
    if (const Value* kept = live["metadata"].find(key)) metadata.set(key, *kept);
  }
  return next;
}

Result<WriteResult> FakeStore::write(const WriteRequest& given, std::vector<FakeChange>& changes) {
  TAUT_ASSIGN(const ApiResource* resource, this->resource(given.ref.gvk));
  WriteRequest request = given;
  if (request.ref.name.empty()) {
    std::string_view prefix = request.body["metadata"]["generateName"].as_string();
    if (request.verb != WriteVerb::kCreate || prefix.empty())
      return fail(Code::kInvalid, "name or generateName is required");
    request.ref.name = fmt::format("{}{:05}", prefix, next_name_++);
  }
  ObjectId id = id_of(request.ref, *resource);
  Value live = find(id);
  if (!live.is_null()) live.set("apiVersion", request.ref.gvk.api_version());
  if (!request.subresource.empty() && !has_subresource(*resource, request.subresource))
    return fail(Code::kNotFound, "the server could not find the requested resource");
  if (!request.subresource.empty() && live.is_null())
    return fail(Code::kNotFound, "{} \"{}\" not found", group_resource(*resource), request.ref.name);
  TAUT_ASSIGN(Value next, next_object(request, *resource, live));
  next = settle(std::move(next), live, *resource, request.subresource);
  next.set("apiVersion", request.ref.gvk.api_version());
  next.set("kind", request.ref.gvk.kind);
  next.edit("metadata").set("name", request.ref.name);
  if (resource->namespaced) next.edit("metadata").set("namespace", request.ref.ns);
  WriteResult out{next, live.is_null(), {}};
  if (!request.dry_run) {
    store(id, std::move(next), changes, &out.object);
    sweep(changes);
  }
  if (request.subresource == "scale") out.object = scale_of(out.object);
  return out;
}

// Gives a new object its identity, moves resourceVersion and generation as content changed, and lets an object go
// whose last finalizer was dropped. Nothing happens when nothing changed.
void FakeStore::store(const ObjectId& id, Value next, std::vector<FakeChange>& changes, Value* out) {
  Value live = find(id);
  if (live.is_null()) {
    next.edit("metadata").set("uid", fmt::format("00000000-0000-4000-8000-{:012}", next_uid_++));
    next.edit("metadata").set("creationTimestamp", format_rfc3339(now));
    next.edit("metadata").set("generation", 1);
  } else {
    next = smd::keep_times_if_unchanged(live, std::move(next));
    if (next == live) {
      if (out) *out = live;
      return;
    }
    int64_t generation = live["metadata"]["generation"].as_int(1);
    next.edit("metadata").set("generation", generation + (content_of(next) == content_of(live) ? 0 : 1));
  }
  Value& metadata = next.edit("metadata");
  metadata.set("resourceVersion", std::to_string(++version_));
  if (out) *out = next;
  bool released = metadata.contains("deletionTimestamp") && metadata["finalizers"].empty();
  objects_[id] = next;
  if (released) {
    if (id.kind != "Namespace") take_away(id, changes);
    return;
  }
  serve_crd(next);
  changes.push_back({live.is_null() ? WatchEvent::Type::kAdded : WatchEvent::Type::kModified, id, std::move(next)});
}

Value FakeStore::put(Value object, std::vector<FakeChange>& changes) {
  Gvk gvk = Gvk::of(object);
  const ApiResource* resource = discovery.find(gvk);
  if (resource == nullptr) throw std::invalid_argument("FakeCluster::put: no such kind: " + gvk.to_string());
  if (resource->namespaced) {
    if (namespace_of(object).empty()) object.edit("metadata").set("namespace", "default");
    ObjectId ns{"", "Namespace", "", std::string(namespace_of(object))};
    if (find(ns).is_null())
      put(Value::map({{"apiVersion", "v1"},
                      {"kind", "Namespace"},
                      {"metadata", Value::map({{"name", ns.name}})},
                      {"status", Value::map({{"phase", "Active"}})}}),
          changes);
  }
  ObjectId id = ObjectId::of(object);
  Value live = find(id);
  for (const char* key : {"uid", "resourceVersion", "creationTimestamp", "generation"})
    if (const Value* kept = live["metadata"].find(key)) object.edit("metadata").set(key, *kept);
  if (!live.is_null()) live.set("apiVersion", gvk.api_version());
  object = owned(std::move(object), live, *resource, "test", "");
  Value out;
  store(id, std::move(object), changes, &out);
  sweep(changes);
  return out;
}

bool FakeStore::erase(const ObjectId& id, std::vector<FakeChange>& changes) {
  if (find(id).is_null()) return false;
  take_away(id, changes);
  sweep(changes);
  return true;
}

Result<Value> FakeStore::remove(const ObjectRef& ref, const DeleteOptions& options,
                                std::vector<FakeChange>& changes) {
  TAUT_ASSIGN(const ApiResource* resource, this->resource(ref.gvk));
  ObjectId id = id_of(ref, *resource);
  TAUT_ASSIGN(Value live, get(ref));
  std::string uid = live["metadata"]["uid"].str();
  if (!options.uid.empty() && options.uid != uid)
    return fail(
        Code::kConflict,
        "Operation cannot be fulfilled on {} \"{}\": the UID in the precondition ({}) does not match the UID in "
        "record ({}). The object might have been deleted and then recreated",
        group_resource(*resource), ref.name, options.uid, uid);
  if (options.dry_run) return live;
  if (options.propagation == "Orphan") orphan(uid, changes);
  if (options.propagation == "Foreground") {
    gone_.insert(uid);  // the dependents go first
    sweep(changes);
  }
  mark_deleted(id, changes);
  sweep(changes);
  return live;
}

// Marks an object that has finalizers (or a namespace) as going; takes any other away.
void FakeStore::mark_deleted(const ObjectId& id, std::vector<FakeChange>& changes) {
  Value next = find(id);
  if (next.is_null() || next["metadata"].contains("deletionTimestamp")) return;
  bool ns = id.kind == "Namespace" && id.group.empty();
  if (!ns && next["metadata"]["finalizers"].empty()) return take_away(id, changes);
  next.edit("metadata").set("deletionTimestamp", format_rfc3339(now));
  next.edit("metadata").set("resourceVersion", std::to_string(++version_));
  if (ns) next.edit("status").set("phase", "Terminating");
  objects_[id] = next;
  changes.push_back({WatchEvent::Type::kModified, id, std::move(next)});
}

void FakeStore::take_away(const ObjectId& id, std::vector<FakeChange>& changes) {
  Value last = find(id);
  objects_.erase(id);
  gone_.insert(last["metadata"]["uid"].str());
  last.edit("metadata").set("resourceVersion", std::to_string(++version_));
  if (id.kind == "CustomResourceDefinition")
    std::erase_if(discovery.resources, [&](const ApiResource& resource) {
      return resource.gvk.group == last["spec"]["group"].as_string() &&
             resource.gvk.kind == last["spec"]["names"]["kind"].as_string();
    });
  changes.push_back({WatchEvent::Type::kDeleted, id, std::move(last)});
}

void FakeStore::orphan(const std::string& uid, std::vector<FakeChange>& changes) {
  std::vector<std::pair<ObjectId, Value>> freed;
  for (const auto& [id, object] : objects_) {
    Value kept = Value::list();
    for (const auto& owner : object["metadata"]["ownerReferences"].items())
      if (owner["uid"].as_string() != uid) kept.push_back(owner);
    if (kept.size() == object["metadata"]["ownerReferences"].size()) continue;
    Value next = object;
    next.edit("metadata").set("ownerReferences", kept);
    freed.emplace_back(id, std::move(next));
  }
  for (auto& [id, next] : freed) store(id, std::move(next), changes);
}

// The garbage collector and the namespace controller, done at once.
void FakeStore::sweep(std::vector<FakeChange>& changes) {
  while (sweep_once(changes)) {
  }
}

bool FakeStore::sweep_once(std::vector<FakeChange>& changes) {
  for (const auto& [id, object] : objects_) {
    const Value& metadata = object["metadata"];
    if (id.kind == "Namespace" && metadata.contains("deletionTimestamp") && metadata["finalizers"].empty()) {
      bool inhabited = std::any_of(objects_.begin(), objects_.end(),
                                   [&name = id.name](const auto& other) { return other.first.ns == name; });
      if (inhabited) continue;
      take_away(ObjectId(id), changes);
      return true;
    }
    if (metadata.contains("deletionTimestamp")) continue;
    auto owners = metadata["ownerReferences"].items();
    bool orphaned = !owners.empty() && std::all_of(owners.begin(), owners.end(), [&](const Value& owner) {
      return gone_.contains(owner["uid"].str());
    });
    bool homeless = !id.ns.empty() && find({"", "Namespace", "", id.ns})["metadata"].contains("deletionTimestamp");
    if (!orphaned && !homeless) continue;
    mark_deleted(ObjectId(id), changes);
    return true;
  }
  return false;
}

// A CustomResourceDefinition makes its kinds served.
void FakeStore::serve_crd(const Value& crd) {
  if (Gvk::of(crd).kind != "CustomResourceDefinition") return;
  const Value& spec = crd["spec"];
  for (const auto& version : spec["versions"].items()) {
    if (!version["served"].as_bool()) continue;
    ApiResource resource;
    resource.gvk = {spec["group"].str(), version["name"].str(), spec["names"]["kind"].str()};
    resource.plural = spec["names"]["plural"].str();
    resource.namespaced = spec["scope"].as_string() != "Cluster";
    resource.verbs = {"create", "delete", "get", "list", "patch", "update", "watch"};
    for (const auto& entry : version["subresources"].entries()) resource.subresources.emplace_back(entry.key());
    std::erase_if(discovery.resources, [&](const ApiResource& other) { return other.gvk == resource.gvk; });
    discovery.resources.push_back(std::move(resource));
  }
}

}  // namespace taut
