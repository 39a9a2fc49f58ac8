// Deletion: preconditions, grace periods, finalizers, and what of it waits (apiserver registry/rest/delete.go and
// registry/generic/registry/store.go).
#include <charconv>

#include "base/strings.hh"
#include "sandbox/definitions.hh"
#include "sandbox/http.hh"
#include "sandbox/writer.hh"

namespace taut::sandbox {
namespace {

constexpr std::string_view kForeground = "foregroundDeletion", kOrphan = "orphan";

ApiResult<void> check_preconditions(const Resource& resource, const Value& object, const DeletionOptions& options) {
  const Value& meta = object["metadata"];
  if (!options.uid.empty() && options.uid != meta["uid"].as_string())
    return ApiFailure(conflict(resource.name(), name_of(object),
                               fmt::format("Precondition failed: UID in precondition: {}, UID in object meta: {}",
                                           options.uid, meta["uid"].as_string())));
  if (!options.resource_version.empty() && options.resource_version != meta["resourceVersion"].as_string())
    return ApiFailure(conflict(resource.name(), name_of(object),
                               fmt::format("Precondition failed: ResourceVersion in precondition: {}, ResourceVersion in "
                                           "object meta: {}",
                                           options.resource_version, meta["resourceVersion"].as_string())));
  return {};
}

bool has_finalizer(const Value& object, std::string_view name) {
  for (const Value& f : object["metadata"]["finalizers"].items())
    if (f.as_string() == name) return true;
  return false;
}

void set_finalizer(Value& object, std::string_view name, bool wanted) {
  if (has_finalizer(object, name) == wanted) return;
  Value& meta = object.edit("metadata");
  Value kept = Value::list();
  for (const Value& f : meta["finalizers"].items())
    if (f.as_string() != name) kept.push_back(f);
  if (wanted) kept.push_back(name);
  if (kept.empty())
    meta.erase("finalizers");
  else
    meta.set("finalizers", std::move(kept));
}

// What the dependents shall see: the request's wish, else a finalizer that is there already, else background.
void set_propagation(Value& object, const DeletionOptions& options) {
  bool orphan = has_finalizer(object, kOrphan), foreground = has_finalizer(object, kForeground);
  if (options.orphan_dependents) {
    orphan = *options.orphan_dependents;
    foreground = false;
  } else if (!options.propagation.empty()) {
    orphan = options.propagation == "Orphan";
    foreground = options.propagation == "Foreground";
  }
  set_finalizer(object, kOrphan, orphan);
  set_finalizer(object, kForeground, foreground);
}

// Pods get time to stop, unless nothing of them runs.
int64_t grace_seconds(const Resource& resource, const Value& object, const DeletionOptions& options) {
  if (resource.info.kind != "Pod" || !resource.info.group.empty()) return 0;
  int64_t grace = options.grace_seconds.value_or(object["spec"]["terminationGracePeriodSeconds"].as_int(30));
  std::string_view phase = object["status"]["phase"].as_string();
  if (object["spec"]["nodeName"].empty() || phase == "Succeeded" || phase == "Failed") grace = 0;
  const Value& present = object["metadata"]["deletionGracePeriodSeconds"];
  if (object["metadata"].contains("deletionTimestamp")) grace = std::min(grace, present.as_int());
  return std::max<int64_t>(grace, 0);
}

bool is_definition(const Resource& resource) { return resource.storage == kDefinitions; }

// A definition goes after its objects.
void mark_definition(Value& crd, Time now) {
  Value condition = Value::map({{"type", "Terminating"}, {"status", "True"}, {"reason", "InstanceDeletionPending"},
                                {"message", "CustomResourceDefinition marked for deletion; CustomResource deletion will begin soon"},
                                {"lastTransitionTime", format_rfc3339(now)}});
  crd.edit("status").edit("conditions").push_back(std::move(condition));
}

bool is_namespace(const Resource& resource) { return resource.info.kind == "Namespace" && resource.info.group.empty(); }

void mark(const Resource& resource, Value& object, int64_t grace, Time now) {
  Value& meta = object.edit("metadata");
  bool first = !meta.contains("deletionTimestamp");
  if (first || grace < meta["deletionGracePeriodSeconds"].as_int()) {
    meta.set("deletionTimestamp", format_rfc3339(now + std::chrono::seconds(grace)));
    meta.set("deletionGracePeriodSeconds", grace);
  }
  if (first && meta["generation"].as_int() > 0) meta.set("generation", meta["generation"].as_int() + 1);
  if (is_namespace(resource)) {
    object.edit("status").set("phase", "Terminating");
    object.edit("metadata").erase("deletionGracePeriodSeconds");
  }
}

// What a dry run of an immediate deletion answers with.
ItemPtr dry_deletion(const Resource& resource, const ItemPtr& item, Time now) {
  if (resource.info.kind != "Pod" || !resource.info.group.empty()) return item;
  Value last = item->object();
  mark(resource, last, 0, now);
  return std::make_shared<const Item>(std::move(last), item->revision());
}

}  // namespace

ApiResult<Deleted> Writer::remove(const Resource& resource, std::string_view ns, std::string_view name,
                                  const DeletionOptions& options) {
  StoreKey key = StoreKey::of(resource.storage, resource.info.namespaced ? ns : "", name);
  if (is_namespace(resource) && (name == "default" || name == "kube-system" || name == "kube-public"))
    return ApiFailure(forbidden(resource.name(), name, "this namespace may not be deleted"));
  for (int attempt = 0; attempt < 100; ++attempt) {
    ItemPtr item = cluster_.store.get(key);
    if (!item) return ApiFailure(not_found(resource.name(), name));
    API_TRY(check_preconditions(resource, item->object(), options));
    Value object = item->object();
    set_propagation(object, options);
    int64_t grace = grace_seconds(resource, object, options);
    bool definition = is_definition(resource) && !object["metadata"].contains("deletionTimestamp");
    if (definition) {
      set_finalizer(object, kDefinitionCleanUp, true);
      mark_definition(object, cluster_.now());
    }
    bool waits = grace > 0 || !object["metadata"]["finalizers"].empty() ||
                 (is_namespace(resource) && !object["spec"]["finalizers"].empty());
    if (!waits) {
      if (options.dry_run) return Deleted{dry_deletion(resource, item, cluster_.now()), true};
      if (resource.info.kind == "Pod" && resource.info.group.empty()) {
        // Pods end gracefully, if only with no grace: they are marked before they go.
        Value last = item->object();
        mark(resource, last, 0, cluster_.now());
        auto marked = cluster_.store.put(key, std::move(last), item->revision());
        if (marked && purge(key, *marked)) return Deleted{*marked, true};
        continue;
      }
      auto gone = purge(key, item);
      if (gone) return Deleted{*gone, true};
      continue;
    }
    mark(resource, object, grace, cluster_.now());
    if (options.dry_run) return Deleted{std::make_shared<const Item>(std::move(object), item->revision()), false};
    if (object == item->object()) return Deleted{item, false};
    auto put = cluster_.store.put(key, std::move(object), item->revision());
    if (put) {
      if (definition) clean_up_definition(cluster_, *this, key);
      return Deleted{*put, false};
    }
    if (put.error().code() != Code::kConflict) return ApiFailure(internal_error(put.error().message()));
  }
  return ApiFailure(conflict(resource.name(), name, kObjectModified));
}

ApiResult<DeletionOptions> deletion_options(const Value& body, const Query& query) {
  DeletionOptions out;
  auto integer = [](std::string_view text) -> std::optional<int64_t> {
    int64_t n = 0;
    auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), n);
    return error == std::errc() && end == text.data() + text.size() ? std::optional(n) : std::nullopt;
  };
  out.propagation = query.get("propagationPolicy");
  out.grace_seconds = integer(query.get("gracePeriodSeconds"));
  if (query.has("orphanDependents")) out.orphan_dependents = query.get("orphanDependents") == "true";
  out.dry_run = query.has("dryRun");
  if (body.is_map()) {
    if (const Value* grace = body.find("gracePeriodSeconds"); grace && grace->is_integer()) out.grace_seconds = grace->as_int();
    if (const Value* orphan = body.find("orphanDependents"); orphan && orphan->is_bool()) out.orphan_dependents = orphan->as_bool();
    if (const Value* policy = body.find("propagationPolicy"); policy && policy->is_string()) out.propagation = policy->str();
    out.uid = body["preconditions"]["uid"].str();
    out.resource_version = body["preconditions"]["resourceVersion"].str();
    if (!body["dryRun"].empty()) out.dry_run = true;
  }
  std::vector<kinds::Problem> problems;
  if (out.orphan_dependents && !out.propagation.empty())
    problems.push_back({"FieldValueInvalid",
                        fmt::format("Invalid value: {}: orphanDependents and deletionPropagation cannot be both set", quote(out.propagation)),
                        "propagationPolicy"});
  if (!out.propagation.empty() && out.propagation != "Background" && out.propagation != "Foreground" && out.propagation != "Orphan")
    problems.push_back({"FieldValueNotSupported",
                        fmt::format("Unsupported value: {}: supported values: \"Foreground\", \"Background\", \"Orphan\", \"nil\"", quote(out.propagation)),
                        "propagationPolicy"});
  if (!problems.empty()) return ApiFailure(invalid("meta.k8s.io", "DeleteOptions", "", problems));
  return out;
}

}  // namespace taut::sandbox
