#include "engine/messages.hh"

#include <fmt/format.h>

#include <algorithm>

#include "base/strings.hh"
#include "plan/managed_fields.hh"

namespace taut::engine {

std::string operation_mark(const OperationState& state) {
  // Each attempt runs its hooks anew.
  std::string attempt = state.retries > 0 ? fmt::format("-{}", state.retries) : std::string();
  return fmt::format("{}-{}{}", state.revision.substr(0, 7), state.started.time_since_epoch() / std::chrono::seconds(1), attempt);
}

bool has_finalizer(const Value& object, std::string_view finalizer) {
  auto items = object["metadata"]["finalizers"].items();
  return std::ranges::any_of(items, [&](const Value& item) { return item.as_string() == finalizer; });
}

std::string object_message(const plan::Step& step, std::string_view what) {
  std::string kind = to_lower(step.gvk.kind);
  if (!step.gvk.group.empty()) kind += '.' + step.gvk.group;
  return fmt::format("{}/{} {}", kind, step.id.name, what);
}

std::string missing_kind_message(const plan::Step& step) {
  return fmt::format(
      "The Kubernetes API could not find {}/{} for requested resource {}/{}. Make sure the \"{}\" CRD is installed on the "
      "destination cluster.",
      step.gvk.group, step.gvk.kind, step.id.ns, step.id.name, step.gvk.kind);
}

bool says_immutable(std::string_view message) {
  for (std::string_view words : {"field is immutable", "may not change once set", "are immutable", "is immutable",
                                 "updates to statefulset spec for fields other than"})
    if (contains(message, words)) return true;
  return false;
}

std::string manager_of(const plan::Step& step, const UnitSpec& spec) {
  return step.implicit ? spec.field_manager + "-namespace" : spec.field_manager;
}

WriteRequest apply_request(const plan::Step& step, const Value* live, const UnitSpec& spec, const ApplyMode& mode) {
  WriteRequest request;
  request.ref = {step.gvk, step.id.ns, step.id.name};
  request.body = step.desired;
  request.field_manager = manager_of(step, spec);
  request.force = true;
  request.dry_run = mode.dry_run;
  if (!mode.validate) request.field_validation = "Ignore";
  if (!mode.operation_mark.empty())
    request.body.edit("metadata").edit("annotations").set(kOperationAnnotation, mode.operation_mark);
  if (mode.respect_ignore && live) request.body = plan::without_ignored(std::move(request.body), spec.ignore);
  if (mode.replace) {
    request.verb = live ? WriteVerb::kUpdate : WriteVerb::kCreate;
    request.force = false;
    if (live) request.body.edit("metadata").set("resourceVersion", (*live)["metadata"]["resourceVersion"]);
  }
  return request;
}

std::optional<WriteRequest> migration_request(const plan::Step& step, const Value& live, const UnitSpec& spec) {
  Value entries = spec.rules ? spec.rules->taken_over(step.desired, live, spec.field_manager) : plan::without_client_side(live, spec.field_manager);
  if (entries.is_null()) return std::nullopt;
  WriteRequest request;
  request.verb = WriteVerb::kMergePatch;
  request.ref = {step.gvk, step.id.ns, step.id.name};
  request.body = Value::map({{"metadata", Value::map({{"managedFields", std::move(entries)},
                                                      {"resourceVersion", live["metadata"]["resourceVersion"]}})}});
  request.field_manager = spec.field_manager;
  return request;
}

WriteRequest without_hook_finalizer(const plan::Step& step, const Value& live, const UnitSpec& spec) {
  Value rest = Value::list();
  for (const Value& finalizer : live["metadata"]["finalizers"].items())
    if (finalizer.as_string() != plan::kHookFinalizer) rest.push_back(finalizer);
  WriteRequest request;
  request.verb = WriteVerb::kMergePatch;
  request.ref = {step.gvk, step.id.ns, step.id.name};
  request.body = Value::map({{"metadata", Value::map({{"finalizers", rest}})}});
  request.field_manager = spec.field_manager;
  return request;
}

}  // namespace taut::engine
