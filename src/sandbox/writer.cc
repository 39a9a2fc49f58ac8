#include "sandbox/writer.hh"

#include <charconv>

#include "base/strings.hh"
#include "sandbox/admission.hh"
#include "sandbox/bounds.hh"
#include "sandbox/custom.hh"
#include "sandbox/definition_check.hh"
#include "sandbox/definitions.hh"
#include "sandbox/meta.hh"
#include "sandbox/owners.hh"
#include "sandbox/rest_rules.hh"

namespace taut::sandbox {
namespace {

using kinds::Problem;

bool is_service(const Resource& resource) { return resource.info.kind == "Service" && resource.info.group.empty(); }

// A custom resource's generation follows everything but metadata and, if it is a subresource, status.
bool spec_changed(const Resource& resource, const Value& fresh, const Value& old) {
  Value a = fresh, b = old;
  for (Value* v : {&a, &b}) {
    v->erase("metadata");
    if (resource.custom->has_status()) v->erase("status");
  }
  return a != b;
}

void prepare_custom_update(const Resource& resource, Value& fresh, const Value& old, std::string_view subresource) {
  if (subresource == "status") {
    Value status = fresh["status"], owners = fresh["metadata"]["managedFields"];
    bool has = fresh.contains("status");
    fresh = old;
    if (has)
      fresh.set("status", std::move(status));
    else
      fresh.erase("status");
    if (owners.is_null())
      fresh.edit("metadata").erase("managedFields");
    else
      fresh.edit("metadata").set("managedFields", std::move(owners));
    return;
  }
  if (resource.custom->has_status()) {
    if (const Value* status = old.find("status"))
      fresh.set("status", *status);
    else
      fresh.erase("status");
  }
  int64_t generation = old["metadata"]["generation"].as_int();
  if (spec_changed(resource, fresh, old)) ++generation;
  fresh.edit("metadata").set("generation", generation);
}

ItemPtr dry_item(Value object, uint64_t revision) { return std::make_shared<const Item>(std::move(object), revision); }

}  // namespace

ApiResult<Written> Writer::create(const Resource& resource, std::string_view ns, Value object, WriteContext& context,
                                  bool owners_done) {
  std::string given(name_of(object));
  bool generated = given.empty() && !object["metadata"]["generateName"].empty();
  Time now = cluster_.now();
  API_TRY(admit_namespace(cluster_, resource, ns, given));
  if (!owners_done) {
    smd::KindInfo kind = smd_kind(cluster_, resource, "");
    object = smd::update(kind, Value(), {object, context.manager, "", now});
  }
  API_TRY(prepare_metadata_for_create(resource, ns, object, now));
  default_limits(cluster_, resource, object);
  if (resource.custom) {
    if (resource.custom->has_status()) object.erase("status");
    object.edit("metadata").set("generation", 1);
  } else {
    kinds::prepare_create(resource.gvk(), object);
  }
  API_TRY(admit_create(cluster_, resource, object));
  std::vector<Problem> problems = validate_metadata(resource, object);
  auto more = resource.custom ? resource.custom->validate(object, nullptr) : kinds::validate_create(resource.gvk(), object);
  problems.insert(problems.end(), more.begin(), more.end());
  // Core events are judged for themselves first, and no further when that fails.
  if (!more.empty() && resource.info.kind == "Event" && resource.info.group.empty()) problems = more;
  if (resource.storage == kDefinitions) {
    more = check_definition(object, nullptr);
    problems.insert(problems.end(), more.begin(), more.end());
  }
  if (problems.empty() && is_service(resource)) problems = cluster_.addresses.allocate(object, nullptr, context.dry_run);
  if (!problems.empty())
    return ApiFailure(invalid(resource.info.group, resource.info.kind, generated && name_of(object).empty() ? "" : name_of(object), problems));
  if (!resource.custom) {
    auto texts = kinds::warnings(resource.gvk(), object, nullptr);
    context.warnings.insert(context.warnings.end(), texts.begin(), texts.end());
  }
  StoreKey key = StoreKey::of(resource.storage, resource.info.namespaced ? ns : "", name_of(object));
  if (!cluster_.store.get(key)) {
    API_TRY(admit_limits(cluster_, resource, object));
    API_TRY(admit_quota(cluster_, resource, object, context.dry_run));
  }
  Value stored = to_stored(resource, std::move(object));
  if (context.dry_run) {
    if (cluster_.store.get(key)) return ApiFailure(already_exists(resource.name(), name_of(stored)));
    return Written{dry_item(std::move(stored), 0), true};
  }
  std::string name(name_of(stored));
  auto item = cluster_.store.put(key, stored, 0);
  if (item) {
    if (key.resource == kDefinitions) settle_definition(cluster_, key);
    return Written{*item, true};
  }
  if (is_service(resource)) cluster_.addresses.release(stored, nullptr);
  if (item.error().code() != Code::kConflict) return ApiFailure(internal_error(item.error().message()));
  return ApiFailure(already_exists(resource.name(), name));
}

ApiResult<void> Writer::check_identity(const Resource& resource, std::string_view ns, std::string_view name,
                                       const Value& fresh, const Value& old, const Update& update) {
  const Value& meta = fresh["metadata"];
  if (meta["name"].as_string() != name && !(meta["name"].empty() && old.is_null()))
    return ApiFailure(bad_request(
        meta["name"].empty() ? fmt::format("name must be provided")
                             : fmt::format("the name of the object ({}) does not match the name on the URL ({})",
                                           meta["name"].as_string(), name)));
  if (resource.info.namespaced && !meta["namespace"].empty() && meta["namespace"].as_string() != ns)
    return ApiFailure(bad_request("the namespace of the provided object does not match the namespace sent on the request"));
  if (old.is_null()) return {};
  std::string_view version = meta["resourceVersion"].as_string();
  if (version.empty() || version == "0") {
    if (update.replace && !allows_unconditional_update(resource))
      return ApiFailure(invalid(resource.info.group, resource.info.plural, name,
                                {{"FieldValueInvalid", "Invalid value: 0: must be specified for an update", "metadata.resourceVersion"}}));
    return {};
  }
  uint64_t number = 0;
  auto [end, error] = std::from_chars(version.data(), version.data() + version.size(), number);
  if (error != std::errc() || end != version.data() + version.size())
    return ApiFailure(ApiError{500, "", fmt::format("strconv.ParseUint: parsing {}: invalid syntax", quote(version)), {}});
  if (version != old["metadata"]["resourceVersion"].as_string())
    return ApiFailure(conflict(resource.name(), name, kObjectModified));
  return {};
}

ApiResult<void> Writer::check_update(const Resource& resource, std::string_view name, const Value& fresh, const Value& old,
                                     std::string_view subresource, WriteContext& context) {
  std::vector<Problem> problems = validate_metadata(resource, fresh);
  const std::vector<Problem> whole = problems;
  auto more = validate_metadata_update(fresh, old);
  // The generic code and the kind's own both look at the metadata, and both report.
  const kinds::MetadataLooks looks = kinds::metadata_looks(resource.gvk(), subresource);
  for (int times = 0; times < 1 + looks.updates; ++times) problems.insert(problems.end(), more.begin(), more.end());
  for (int times = 0; times < looks.wholes; ++times) problems.insert(problems.end(), whole.begin(), whole.end());
  if (resource.custom) {
    more = resource.custom->validate(fresh, &old);
  } else {
    more = kinds::validate_update(resource.gvk(), fresh, old, subresource);
  }
  problems.insert(problems.end(), more.begin(), more.end());
  if (resource.storage == kDefinitions && subresource.empty()) {
    more = check_definition(fresh, &old);
    problems.insert(problems.end(), more.begin(), more.end());
  }
  if (!problems.empty()) return ApiFailure(invalid(resource.info.group, resource.info.kind, name, problems));
  if (!resource.custom) {
    auto texts = kinds::warnings(resource.gvk(), fresh, &old);
    context.warnings.insert(context.warnings.end(), texts.begin(), texts.end());
  }
  return {};
}

ApiResult<Value> Writer::prepare_update(const Resource& resource, std::string_view name, const ItemPtr& item,
                                        const Value& old, const Update& update, WriteContext& context) {
  API_ASSIGN(Value fresh, update.change(old, context));
  std::string_view ns = namespace_of(item->object());
  API_TRY(check_identity(resource, ns, name, fresh, old, update));
  Value& meta = fresh.edit("metadata");
  if (resource.info.namespaced) meta.set("namespace", ns);
  std::string_view uid = meta["uid"].as_string();
  if (!uid.empty() && uid != old["metadata"]["uid"].as_string() && update.replace)
    return ApiFailure(conflict(resource.name(), name,
                               fmt::format("Precondition failed: UID in precondition: {}, UID in object meta: {}", uid,
                                           old["metadata"]["uid"].as_string())));
  if (!update.owners_done) {
    smd::KindInfo kind = smd_kind(cluster_, resource, update.subresource);
    fresh = smd::update(kind, old, {fresh, context.manager, update.subresource, cluster_.now()});
  }
  carry_metadata(fresh, old);
  if (resource.custom)
    prepare_custom_update(resource, fresh, old, update.subresource);
  else
    kinds::prepare_update(resource.gvk(), fresh, old, update.subresource);
  if (const Value* version = old["metadata"].find("resourceVersion"))
    fresh.edit("metadata").set("resourceVersion", *version);
  API_TRY(check_update(resource, name, fresh, old, update.subresource, context));
  if (is_service(resource) && update.subresource.empty()) {
    auto problems = cluster_.addresses.allocate(fresh, &old, context.dry_run);
    if (!problems.empty()) return ApiFailure(invalid(resource.info.group, resource.info.kind, name, problems));
  }
  return smd::keep_times_if_unchanged(old, std::move(fresh));
}

ApiResult<Written> Writer::update(const Resource& resource, std::string_view ns, std::string_view name,
                                  const Update& update, WriteContext& context) {
  StoreKey key = StoreKey::of(resource.storage, resource.info.namespaced ? ns : "", name);
  size_t warned = context.warnings.size();
  for (int attempt = 0;; ++attempt) {
    context.warnings.resize(warned);
    ItemPtr item = cluster_.store.get(key);
    if (!item) {
      bool allowed = update.may_create || (update.replace && update.subresource.empty() && allows_create_on_update(resource));
      if (!allowed) return ApiFailure(not_found(resource.name(), name));
      API_TRY(admit_namespace(cluster_, resource, ns, name));
      API_ASSIGN(Value fresh, update.change(Value(), context));
      API_TRY(check_identity(resource, ns, name, fresh, Value(), update));
      auto made = create(resource, ns, std::move(fresh), context, update.owners_done);
      if (!made && made.error().reason == "AlreadyExists" && attempt < 5) continue;
      return made;
    }
    Value old = to_version(resource, item->object());
    API_ASSIGN(Value fresh, prepare_update(resource, name, item, old, update, context));
    if (fresh == old) return Written{item};
    auto written = commit_update(resource, key, item, to_stored(resource, std::move(fresh)), context);
    // Somebody else was faster: what the change makes of the newer object counts, unless it named a version.
    if (!written && written.error().code == 409 && written.error().reason == "Conflict" && attempt < 20) continue;
    return written;
  }
}

ApiResult<Written> Writer::commit_update(const Resource& resource, const StoreKey& key, const ItemPtr& item, Value fresh,
                                         const WriteContext& context) {
  const Value& meta = fresh["metadata"];
  bool ends = meta.contains("deletionTimestamp") && meta["finalizers"].empty() &&
              meta["deletionGracePeriodSeconds"].as_int() == 0 &&
              !(resource.info.kind == "Namespace" && !fresh["spec"]["finalizers"].empty());
  if (context.dry_run) return Written{dry_item(std::move(fresh), item->revision()), false, ends};
  auto put = cluster_.store.put(key, std::move(fresh), item->revision());
  if (!put) {
    if (put.error().code() != Code::kConflict) return ApiFailure(internal_error(put.error().message()));
    return ApiFailure(conflict(resource.name(), name_of(item->object()), kObjectModified));
  }
  if (is_service(resource)) cluster_.addresses.release(item->object(), &(*put)->object());
  if (key.resource == kDefinitions && !ends) settle_definition(cluster_, key);
  if (ends) {
    auto gone = purge(key, *put);
    if (gone) return Written{*put, false, true};
  }
  return Written{*put};
}

ApiResult<ItemPtr> Writer::purge(const StoreKey& key, const ItemPtr& item) {
  auto removed = cluster_.store.remove(key, item->revision());
  if (!removed) return ApiFailure(conflict({"", key.resource}, name_of(item->object()), kObjectModified));
  if (key.resource == "services") cluster_.addresses.release(item->object(), nullptr);
  if (key.resource == "pods") cluster_.logs.forget(item->object()["metadata"]["uid"].as_string());
  return *removed;
}

}  // namespace taut::sandbox
