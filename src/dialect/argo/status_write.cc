#include <algorithm>

#include "base/strings.hh"
#include "dialect/argo/application.hh"
#include "dialect/argo/sources.hh"
#include "value/patch.hh"

namespace taut::argo {
namespace {

using engine::OperationState;
using engine::ResourceState;
using engine::TaskResult;

void set_if(Value& target, std::string_view key, std::string_view text) {
  if (!text.empty()) target.set(key, text);
}

Value write_resource(const ResourceState& resource) {
  Value out = Value::map({{"kind", resource.gvk.kind}, {"name", resource.id.name}, {"version", resource.gvk.version}});
  set_if(out, "group", resource.gvk.group);
  set_if(out, "namespace", resource.id.ns);
  if (resource.sync) out.set("status", engine::sync_name(*resource.sync));
  if (resource.hook) out.set("hook", true);
  if (resource.requires_pruning) out.set("requiresPruning", true);
  if (resource.wave != 0) out.set("syncWave", resource.wave);
  if (resource.health) {
    Value health = Value::map({{"status", health_name(resource.health->state)}});
    set_if(health, "message", resource.health->message);
    out.set("health", health);
  }
  return out;
}

Value write_result(const TaskResult& result) {
  Value out = Value::map({{"group", result.gvk.group},
                          {"version", result.gvk.version},
                          {"kind", result.gvk.kind},
                          {"namespace", result.id.ns},
                          {"name", result.id.name},
                          {"syncPhase", plan::phase_name(result.phase)}});
  set_if(out, "status", engine::code_name(result.code));
  set_if(out, "message", result.message);
  if (result.hook) out.set("hookType", plan::phase_name(result.phase));
  if (result.state) out.set("hookPhase", engine::phase_name(*result.state));
  return out;
}

Value write_operation_state(const OperationState& state) {
  Value result = Value::map({{"revision", ""}});  // required, even where there are several
  set_source(result, state.source->raw);
  set_revision(result, state.revision, state.source->raw);
  for (const TaskResult& task : state.results) result.edit("resources").push_back(write_result(task));
  Value out = Value::map({{"operation", write_operation(state.operation, &state)},
                          {"phase", engine::phase_name(state.phase)},
                          {"startedAt", format_rfc3339(state.started)},
                          {"syncResult", result}});
  set_if(out, "message", state.message);
  if (state.finished) out.set("finishedAt", format_rfc3339(*state.finished));
  if (state.retries > 0) out.set("retryCount", state.retries);
  return out;
}

Value write_history(const engine::History& entry) {
  Value by = Value::map();
  if (entry.automated) by.set("automated", true);
  set_if(by, "username", entry.user);
  Value out = Value::map({{"id", entry.id},
                          {"deployStartedAt", format_rfc3339(entry.started)},
                          {"deployedAt", format_rfc3339(entry.deployed)},
                          {"initiatedBy", by}});
  set_source(out, entry.source->raw);
  set_revision(out, entry.revision, entry.source->raw);
  return out;
}

Value write_sync(const engine::UnitStatus& status, const Value& spec) {
  Value source = status.compared_source->raw.is_null() ? spec[has_several(spec) ? "sources" : "source"] : status.compared_source->raw;
  Value compared = Value::map({{"destination", spec["destination"]}});
  set_source(compared, source);
  Value out = Value::map({{"status", engine::sync_name(status.sync)}, {"comparedTo", compared}});
  set_revision(out, status.revision, source);
  return out;
}

bool is_hook_finalizer(const Value& finalizer) {
  return finalizer.as_string().starts_with(kPreDeleteFinalizer) || finalizer.as_string().starts_with(kPostDeleteFinalizer);
}

Value list_of(const auto& items, auto&& write) {
  Value out = Value::list();
  for (const auto& item : items) out.push_back(write(item));
  return out;
}

}  // namespace

Value write_status(const engine::UnitStatus& status, const Value& spec, std::string_view control_namespace) {
  Value health = Value::map({{"status", health_name(status.health.state)}});
  set_if(health, "message", status.health.message);
  Value out = Value::map({{"health", health}, {"sync", write_sync(status, spec)}});
  if (!status.resources.empty()) out.set("resources", list_of(status.resources, write_resource));
  if (!status.history.empty()) out.set("history", list_of(status.history, write_history));
  if (status.operation) out.set("operationState", write_operation_state(*status.operation));
  if (!status.conditions.empty())
    out.set("conditions", list_of(status.conditions, [](const engine::Condition& condition) {
      return Value::map({{"type", condition.type},
                         {"message", condition.message},
                         {"lastTransitionTime", format_rfc3339(condition.since)}});
    }));
  if (status.reconciled) out.set("reconciledAt", format_rfc3339(*status.reconciled));
  if (!has_several(spec)) {
    set_if(out, "sourceType", status.source_type);
  } else if (!status.source_type.empty()) {
    for (std::string_view type : split(status.source_type, ',')) out.edit("sourceTypes").push_back(type);
  }
  Value summary = Value::map();
  for (const auto& image : status.images) summary.edit("images").push_back(image);
  out.set("summary", summary);
  out.set("controllerNamespace", control_namespace);
  return out;
}

Value status_patch(const Value& application, const Value& status, bool clear_operation, bool clear_refresh) {
  Value patch = Value::map();
  Value changes = make_merge_patch(application["status"].is_map() ? application["status"] : Value::map({}), status);
  if (!changes.empty()) patch.set("status", changes);
  // Whoever asks for it knows of an operation, even where this Application is an older one.
  if (clear_operation) patch.set("operation", nullptr);
  if (clear_refresh && !annotation_of(application, kRefreshAnnotation).empty())
    patch.edit("metadata").edit("annotations").set(kRefreshAnnotation, nullptr);
  return patch.empty() ? Value() : patch;
}

Value with_hook_finalizers(Value patch, const Value& application, const engine::UnitStatus& status) {
  if (application["metadata"].contains("deletionTimestamp")) return patch;
  Value finalizers = Value::list();
  for (const Value& finalizer : application["metadata"]["finalizers"].items())
    if (!is_hook_finalizer(finalizer)) finalizers.push_back(finalizer);
  for (auto [wanted, name] : {std::pair(status.pre_delete_hooks, kPreDeleteFinalizer), std::pair(status.post_delete_hooks, kPostDeleteFinalizer)}) {
    if (!wanted) continue;
    finalizers.push_back(name);
    finalizers.push_back(fmt::format("{}/cleanup", name));
  }
  const Value& there = application["metadata"]["finalizers"];
  auto has = [](const Value& list, const Value& item) { return std::ranges::find(list.items(), item) != list.items().end(); };
  bool same = there.size() == finalizers.size() && std::ranges::all_of(finalizers.items(), [&](const Value& item) { return has(there, item); });
  if (same) return patch;
  patch.edit("metadata").set("finalizers", finalizers);
  // A list is written whole: not over what somebody else has just written.
  patch.edit("metadata").set("resourceVersion", application["metadata"]["resourceVersion"]);
  return patch;
}

Value release_patch(const Value& application) {
  Value rest = Value::list();
  for (const Value& finalizer : application["metadata"]["finalizers"].items())
    if (!finalizer.as_string().starts_with(kResourcesFinalizer) && !is_hook_finalizer(finalizer)) rest.push_back(finalizer);
  return Value::map({{"metadata", Value::map({{"finalizers", rest}})}});
}

}  // namespace taut::argo
