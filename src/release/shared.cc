// What the actions share.
#include <algorithm>

#include "base/strings.hh"
#include "health/kstatus.hh"
#include "release/actions.hh"
#include "release/chart_record.hh"
#include "release/wait.hh"
#include "yaml/reader.hh"

namespace taut::release {

namespace {

Result<helm::Capabilities> live_capabilities(Run& run) {
  TAUT_ASSIGN(const Discovery* discovery, run.discovery());
  helm::Capabilities out = helm::default_capabilities(run.world.compat);
  TAUT_ASSIGN(out.kube_version, helm::KubeVersion::parse(discovery->version));
  out.api_versions.clear();
  for (const ApiResource& resource : discovery->resources) {
    std::string version = resource.gvk.api_version();
    out.api_versions.push_back(version + "/" + resource.gvk.kind);
    out.api_versions.push_back(std::move(version));
  }
  std::sort(out.api_versions.begin(), out.api_versions.end());
  out.api_versions.erase(std::unique(out.api_versions.begin(), out.api_versions.end()), out.api_versions.end());
  for (const auto& [group, reason] : discovery->failed) {
    run.warn(fmt::format("the kubernetes server has an orphaned API service group={} error={}", group, reason));
  }
  return out;
}

// `lookup` of templates: the object, a list without a name, null where there is nothing.
Result<Value> look_up(Run& run, std::string_view api_version, std::string_view kind, std::string_view ns,
                      std::string_view name) {
  const Gvk gvk = Gvk::parse(api_version, kind);
  if (!name.empty()) {
    auto object = run.world.cluster.get({gvk, std::string(ns), std::string(name)});
    if (!object && object.error().code() == Code::kNotFound) return Value();
    return object;
  }
  auto found = run.world.cluster.list(gvk, {.ns = std::string(ns)});
  if (!found && found.error().code() == Code::kNotFound) return Value();
  if (!found) return fail(found.error());
  Value items = Value::list();
  for (Value& item : found->items) items.push_back(std::move(item));
  return Value::map({{"apiVersion", api_version},
                     {"kind", std::string(kind) + "List"},
                     {"items", std::move(items)},
                     {"metadata", Value::map({{"resourceVersion", found->resource_version}})}});
}

std::vector<std::string> words_of(std::string_view list) {
  std::vector<std::string> out;
  for (std::string_view word : split(list, ',')) {
    if (!trim(word).empty()) out.push_back(to_lower(trim(word)));
  }
  return out;
}

HookRecord hook_record(const helm::Hook& hook) {
  HookRecord out;
  out.name = hook.manifest.name;
  out.kind = hook.manifest.kind;
  out.path = hook.manifest.path;
  out.manifest = hook.manifest.text;
  out.events = hook.events;
  out.weight = hook.weight;
  out.delete_policies = hook.delete_policies;
  out.output_log_policies = words_of(annotation_of(hook.manifest.document.root, "helm.sh/hook-output-log-policy"));
  return out;
}

std::string manifest_of(const std::vector<helm::Manifest>& manifests, bool hide_secrets) {
  std::string out;
  for (const helm::Manifest& manifest : manifests) {
    const bool hidden = hide_secrets && manifest.kind == "Secret" && manifest.api_version == "v1";
    out += fmt::format("---\n# Source: {}\n{}\n", manifest.path,
                       hidden ? "# HIDDEN: The Secret output has been suppressed" : manifest.text);
  }
  return out;
}

// One file of crds/, in the way that is asked for. Objects that wait to be served go to `made`.
Status make_crds(Run& run, const Rendered& from, const helm::CrdFile& file, Crds crds, const ApplyOptions& how, Resources& made) {
  auto failed = [&](const Error& error) { return with_prefix("failed to install CRD " + file.path + ": ", error); };
  auto resources = build_resources(run, *file.text, "");
  if (!resources) return failed(resources.error());
  if (resources->empty()) {
    return fail(Code::kInvalid, "failed to install CRD {}: resources are empty", file.path);
  }
  for (Resource& resource : *resources) {
    if (from.edit_crd) from.edit_crd(resource.object);
    const bool there = run.world.cluster.get(resource.ref).has_value();
    if (there && crds == Crds::kCreate) continue;
    Resources one{resource};
    const Resources same = one;
    Status status = there ? update_all(run, same, one, how).status : create_all(run, one, how);
    if (!status && !there && status.error().code() == Code::kAlreadyExists) continue;
    if (!status) return failed(status.error());
    made.push_back(std::move(one[0]));
  }
  return {};
}

}  // namespace

Failure with_prefix(std::string_view before, const Error& error) {
  return fail(Error(error).with_message(fmt::format("{}{}", before, error.message())));
}

std::string_view apply_method(bool server_side) { return server_side ? "ssa" : "csa"; }

Result<bool> uses_server_side(ServerSide option, const std::string& previous_method) {
  if (option == ServerSide::kAuto) return previous_method == "ssa";
  return option == ServerSide::kYes;
}

Status render_into(Run& run, const Rendered& from, const RenderFor& how, Release& release) {
  helm::RenderOptions options;
  options.release = {
      .name = release.name, .name_space = release.ns, .revision = how.revision, .upgrade = how.upgrade};
  options.compat = run.world.compat;
  options.skip_schema = from.skip_schema;
  options.sub_notes = from.sub_notes;
  options.post_render = from.post_render;
  if (how.capabilities) {
    options.capabilities = *how.capabilities;
  } else {
    TAUT_ASSIGN(options.capabilities, live_capabilities(run));
  }
  options.environment.now = [&run] { return run.now; };
  options.environment.random = run.world.random;
  if (how.live) {
    options.environment.lookup = [&run](std::string_view api_version, std::string_view kind, std::string_view ns,
                                        std::string_view name) { return look_up(run, api_version, kind, ns, name); };
  }
  TAUT_ASSIGN(helm::Rendering rendering,
              helm::render_release(from.chart, from.values, options, run.world.cache));
  for (const std::string& warning : rendering.warnings) run.warn(warning);
  release.chart = chart_record(*from.chart, rendering.values, rendering.dependencies);
  release.config = from.values;
  release.notes = std::move(rendering.notes);
  release.manifest = manifest_of(rendering.manifests, from.hide_secrets);
  release.hooks.clear();
  for (const helm::Hook& hook : rendering.hooks) release.hooks.push_back(hook_record(hook));
  return {};
}

Task<Status> install_crds(Run& run, const Rendered& from, Crds crds, bool server_side, bool force_conflicts) {
  if (crds == Crds::kSkip) co_return Status();
  auto files = helm::chart_crds(from.chart, from.values, run.world.compat);
  if (!files) co_return fail(files.error());
  Resources made;
  const ApplyOptions how{.server_side = server_side, .force_conflicts = force_conflicts, .adopt_fields = true};
  for (const helm::CrdFile& file : *files) {
    Status status = make_crds(run, from, file, crds, how, made);
    if (!status) co_return status;
  }
  if (made.empty()) co_return Status();
  Status served = co_await wait_for(run, made, Await::kReady, std::chrono::seconds(60));
  run.refresh();
  co_return served;
}

Task<Status> wait_as_told(Run& run, const Resources& resources, const Manner& manner) {
  if (manner.waiting == Waiting::kHooksOnly) co_return Status();
  const Await what = manner.wait_for_jobs ? Await::kReadyWithJobs : Await::kReady;
  Status status = co_await wait_for(run, resources, what, manner.timeout);
  co_return status;
}

}  // namespace taut::release
