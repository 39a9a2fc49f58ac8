#include "release/apply.hh"

#include "base/strings.hh"
#include "release/patch.hh"

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
    const bool again = request.verb != WriteVerb::kApply && written.error().code() == Code::kConflict;
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
  if (!status && status.error().code() == Code::kConflict) {
    return reworded(fmt::format("conflict occurred while applying object {}: ", full_name(resource)), status.error());
  }
  return status;
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

// Kinds of a custom API are merged as JSON; helm compares them with what it released, not with what is there.
bool is_custom(const Gvk& gvk) {
  if (gvk.kind == "CustomResourceDefinition") return true;
  return gvk.group.find('.') != std::string::npos && !gvk.group.ends_with(".k8s.io");
}

Status patch_from_here(Run& run, const Value& original, const Value& live, Resource& resource,
                       const ApplyOptions& options) {
  const bool against_live = !is_custom(resource.ref.gvk) || options.three_way_custom;
  Value patch = three_way_merge_patch(original, resource.object, against_live ? live : original);
  if (patch.empty()) {
    resource.object = live;
    return {};
  }
  Status status = send(run, request_for(run, resource, WriteVerb::kMergePatch, std::move(patch)), resource);
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
          fmt::format("failed to delete resource {}: {}", resource.ref.name, removed.error().message()));
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
    return fail(Code::kInternal, "original object {} with the name {} not found", target.ref.gvk.kind,
                quote(target.ref.name));
  }
  Status status = update_one(run, before->object, *live, target, options);
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
  if (options.server_side && options.force_replace) {
    out.status = fail(Code::kInvalid,
                      "invalid operation: cannot use server-side apply and force replace together");
    return out;
  }
  if (!options.server_side && options.force_conflicts) {
    out.status = fail(Code::kInvalid,
                      "invalid client update option(s): forceConflicts enabled when serverSideApply disabled");
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
