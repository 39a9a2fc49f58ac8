#include "release/apply.hh"

#include "base/strings.hh"
#include "release/patch.hh"
#include "schema/builtin.hh"
#include "smd/three_way.hh"

namespace taut::release {

namespace {

Failure reworded(std::string_view before, const Error& error) {
  return fail(Error(error).with_message(fmt::format("{}{}", before, error.message())));
}

WriteRequest request_for(const Run& run, const Resource& resource, WriteVerb verb, Value body) {
  WriteRequest request{.verb = verb, .ref = resource.ref, .body = std::move(body)};
  request.field_manager = run.world.field_manager;
  return request;
}

// Quotas are counted under an optimistic lock, which fails an apply that has nothing to do with it.
bool is_quota_conflict(const Error& error) {
  return error.code() == Code::kConflict &&
         contains(error.message(), "Operation cannot be fulfilled on resourcequotas") &&
         contains(error.message(), "the object has been modified");
}

// Writes and keeps what the server answered. Conflicts of optimistic locks are tried again, as helm does.
Status send(Run& run, const WriteRequest& request, Resource& resource) {
  constexpr int kAttempts = 5;
  for (int attempt = 1;; ++attempt) {
    auto written = run.world.cluster.write(request);
    if (written) {
      resource.object = std::move(written->object);
      if (resource.ref.name.empty()) resource.ref.name = name_of(resource.object);
      return {};
    }
    const bool again = request.verb == WriteVerb::kApply ? is_quota_conflict(written.error())
                                                         : written.error().code() == Code::kConflict;
    if (!again || attempt == kAttempts) return fail(written.error());
  }
}

std::string full_name(const Resource& resource) {
  return fmt::format("{}/{} {}", resource.ref.ns, resource.ref.name, resource.ref.gvk.to_string());
}

Status apply_on_server(Run& run, Resource& resource, bool force) {
  WriteRequest request = request_for(run, resource, WriteVerb::kApply, resource.object);
  request.force = force;
  request.field_validation = "Strict";
  Status status = send(run, request, resource);
  if (status) return {};
  const bool conflict = status.error().code() == Code::kConflict;
  return reworded(fmt::format("{} object {}: ", conflict ? "conflict occurred while applying" : "server-side apply failed for",
                              full_name(resource)),
                  status.error());
}

Status create_one(Run& run, Resource& resource, const ApplyOptions& options) {
  if (options.server_side) return apply_on_server(run, resource, options.force_conflicts);
  return send(run, request_for(run, resource, WriteVerb::kCreate, resource.object), resource);
}

Status replace(Run& run, const Value& live, Resource& resource) {
  Value body = resource.object;
  body.edit("metadata").set("resourceVersion", live["metadata"]["resourceVersion"]);
  WriteRequest request = request_for(run, resource, WriteVerb::kUpdate, std::move(body));
  request.field_validation = "Strict";
  Status status = send(run, request, resource);
  return status ? status : reworded("failed to replace object: ", status.error());
}

// The type that client-go has for a kind, or nullptr. The server knows APIServices, its clients do not.
const schema::Type* client_type(const Gvk& gvk) {
  if (gvk.group == "apiregistration.k8s.io") return nullptr;
  return schema::builtin_type(gvk.group, gvk.version, gvk.kind);
}

// Kinds without a type are merged as JSON, and compared with what was released, not with what is there.
Result<WriteRequest> patch_request(Run& run, const Value& original, const Value& live, const Resource& resource,
                                   const ApplyOptions& options) {
  const schema::Type* type = client_type(resource.ref.gvk);
  if (!type) {
    Value patch = three_way_merge_patch(original, resource.object, options.three_way_custom ? live : original);
    return request_for(run, resource, WriteVerb::kMergePatch, std::move(patch));
  }
  auto patch = smd::three_way_patch(original, resource.object, live, *type);
  if (!patch) return fail(Code::kInvalid, "failed to create patch: {}", patch.error().message);
  return request_for(run, resource, WriteVerb::kStrategicPatch, std::move(*patch));
}

Status patch_from_here(Run& run, const Value& original, const Value& live, Resource& resource,
                       const ApplyOptions& options) {
  TAUT_ASSIGN(WriteRequest request, patch_request(run, original, live, resource, options));
  if (request.body.empty()) {
    resource.object = live;
    return {};
  }
  Status status = send(run, request, resource);
  if (status) return {};
  return reworded(fmt::format("cannot patch {} with kind {}: ", quote(resource.ref.name), resource.ref.gvk.kind),
                  status.error());
}

Status adopt_fields(Run& run, const Value& live, const Resource& resource) {
  const Value& before = live["metadata"]["managedFields"];
  Value after = applied_managed_fields(before, run.world.field_manager);
  if (after == before) return {};
  Value version = live["metadata"]["resourceVersion"];
  Value patch = Value::list({Value::map({{"op", "replace"}, {"path", "/metadata/managedFields"}, {"value", after}}),
                             Value::map({{"op", "replace"}, {"path", "/metadata/resourceVersion"}, {"value", version}})});
  Resource copy = resource;
  Status status = send(run, request_for(run, resource, WriteVerb::kJsonPatch, std::move(patch)), copy);
  if (status) return {};
  return reworded(fmt::format("failed to patch object to upgrade CSA field manager {}: ", full_name(resource)),
                  status.error());
}

Status update_one(Run& run, const Value& original, const Value& live, Resource& resource,
                  const ApplyOptions& options) {
  if (options.force_replace) return replace(run, live, resource);
  if (!options.server_side) return patch_from_here(run, original, live, resource, options);
  if (options.adopt_fields) TAUT_TRY(adopt_fields(run, live, resource));
  return apply_on_server(run, resource, options.force_conflicts);
}

const Resource* find_same(const Resources& resources, const Resource& wanted) {
  for (const Resource& resource : resources) {
    if (resource.same(wanted)) return &resource;
  }
  return nullptr;
}

// Removes what the release has no more.
void prune(Run& run, const Resources& gone, std::vector<std::string>& problems) {
  for (const Resource& resource : gone) {
    auto live = run.world.cluster.get(resource.ref);
    if (!live || annotation_of(*live, "helm.sh/resource-policy") == "keep") continue;
    auto removed = run.world.cluster.remove(resource.ref, {});
    if (!removed && removed.error().code() != Code::kNotFound) {
      problems.push_back(
          fmt::format("failed to delete resource namespace={}, name={}, kind={}: {}", resource.ref.ns,
                      resource.ref.name, resource.ref.gvk.kind, removed.error().message()));
    }
  }
}

// One target; an error here ends the update, one in `problems` does not.
Status bring_about(Run& run, const Resources& original, Resource& target, const ApplyOptions& options,
                   Resources& created, std::vector<std::string>& problems) {
  auto live = run.world.cluster.get(target.ref);
  if (!live && live.error().code() != Code::kNotFound) {
    return reworded("could not get information about the resource: ", live.error());
  }
  if (!live) {
    created.push_back(target);
    Status status = create_one(run, target, options);
    return status ? status : reworded("failed to create resource: ", status.error());
  }
  const Resource* before = find_same(original, target);
  if (!before) {
    run.warn(fmt::format("resource exists on cluster but not in original release, using cluster state as baseline "
                         "namespace={} name={} kind={}",
                         target.ref.ns, target.ref.name, target.ref.gvk.kind));
  }
  Status status = update_one(run, before ? before->object : *live, *live, target, options);
  if (!status) problems.push_back(status.error().message());
  return {};
}

}  // namespace

Status create_all(Run& run, Resources& resources, const ApplyOptions& options) {
  std::vector<std::string> problems;
  std::optional<Code> code;
  for (Resource& resource : resources) {
    Status status = create_one(run, resource, options);
    if (status) continue;
    problems.push_back(status.error().message());
    if (!code) code = status.error().code();
  }
  if (problems.empty()) return {};
  return fail(Error(*code, join(problems, "\n")));
}

Updated update_all(Run& run, const Resources& original, Resources& target, const ApplyOptions& options) {
  Updated out;
  if (!options.server_side && options.force_conflicts) {
    out.status = fail(Code::kInvalid,
                      "invalid client update option(s): forceConflicts enabled when serverSideApply disabled");
    return out;
  }
  if (options.force_conflicts && options.force_replace) {
    out.status = fail(Code::kInvalid,
                      "invalid operation: cannot use force conflicts and force replace together");
    return out;
  }
  if (options.server_side && options.force_replace) {
    out.status = fail(Code::kInvalid,
                      "invalid operation: cannot use server-side apply and force replace together");
    return out;
  }
  std::vector<std::string> problems;
  for (Resource& resource : target) {
    out.status = bring_about(run, original, resource, options, out.created, problems);
    if (!out.status) return out;
  }
  if (problems.empty()) prune(run, without(original, target), problems);
  if (!problems.empty()) out.status = fail(Code::kInvalid, "{}", join(problems, " && "));
  return out;
}

std::vector<std::string> delete_all(Run& run, const Resources& resources, const std::string& propagation) {
  std::vector<std::string> problems;
  for (const Resource& resource : resources) {
    auto removed = run.world.cluster.remove(resource.ref, {.propagation = propagation});
    if (!removed && removed.error().code() != Code::kNotFound) problems.push_back(removed.error().message());
  }
  return problems;
}

}  // namespace taut::release
