#include "dialect/argo/appset/reconcile.hh"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "dialect/argo/appset/progressive.hh"
#include "lang/jq/jq.hh"
#include "object/id.hh"
#include "value/patch.hh"

namespace taut::argo::appset {
namespace {

// Others write these, and a set leaves them alone.
constexpr std::string_view kKeptAnnotations[] = {"notified.notifications.argoproj.io", "argocd.argoproj.io/refresh",
                                                 "argocd.argoproj.io/hydrate"};
constexpr std::string_view kKeptFinalizers[] = {"pre-delete-finalizer.argocd.argoproj.io", "post-delete-finalizer.argocd.argoproj.io"};

struct Policy {
  bool update = true, remove = true;
};

Policy policy_of(const Value& application_set) {
  std::string_view name = application_set["spec"]["syncPolicy"]["applicationsSync"].as_string();
  return {name != "create-only" && name != "create-delete", name != "create-only" && name != "create-update"};
}

Value owner_reference(const Value& application_set) {
  return Value::map({{"apiVersion", "argoproj.io/v1alpha1"}, {"kind", "ApplicationSet"}, {"name", name_of(application_set)},
                     {"uid", application_set["metadata"]["uid"]}, {"controller", true}, {"blockOwnerDeletion", true}});
}

const Value* controller_of(const Value& object) {
  for (const Value& owner : object["metadata"]["ownerReferences"].items())
    if (owner["controller"].as_bool()) return &owner;
  return nullptr;
}

void keep(Value& into, const Value& held, std::string_view key) {
  if (const Value* value = held.find(key)) into.set(key, *value);
}

// What is taken from the Application as it is: fields that others own.
Value with_kept(Value wanted, const Value& live, const Value& application_set) {
  const Value& preserved = application_set["spec"]["preservedFields"];
  Value& metadata = wanted.edit("metadata");
  Value annotations = metadata["annotations"].is_map() ? metadata["annotations"] : Value::map({});
  Value labels = metadata["labels"].is_map() ? metadata["labels"] : Value::map({});
  const Value &old_annotations = live["metadata"]["annotations"], &old_labels = live["metadata"]["labels"];
  for (std::string_view key : kKeptAnnotations) keep(annotations, old_annotations, key);
  for (const Value& key : preserved["annotations"].items()) keep(annotations, old_annotations, key.as_string());
  for (const Value& key : preserved["labels"].items()) keep(labels, old_labels, key.as_string());
  metadata.set("annotations", annotations);
  metadata.set("labels", labels);
  Value finalizers = metadata["finalizers"].is_list() ? metadata["finalizers"] : Value::list();
  for (const Value& finalizer : live["metadata"]["finalizers"].items())
    for (std::string_view kept : kKeptFinalizers)
      if (finalizer.as_string().starts_with(kept)) finalizers.push_back(finalizer);
  metadata.set("finalizers", finalizers);
  return wanted;
}

// The part of an Application that a set decides about.
Value decided(const Value& application) {
  const Value& metadata = application["metadata"];
  Value kept = Value::map({});
  for (std::string_view field : {"annotations", "labels"}) kept.set(field, metadata[field].is_map() ? metadata[field] : Value::map({}));
  for (std::string_view field : {"finalizers", "ownerReferences"}) kept.set(field, metadata[field].is_list() ? metadata[field] : Value::list());
  return Value::map({{"metadata", kept}, {"spec", application["spec"]}});
}

// ignoreApplicationDifferences: {name, jsonPointers, jqPathExpressions}.
Value without_ignored(Value application, const Value& rules, std::string_view name) {
  for (const Value& rule : rules.items()) {
    if (!rule["name"].as_string().empty() && rule["name"].as_string() != name) continue;
    for (const Value& pointer : rule["jsonPointers"].items()) {
      auto rest = apply_json_patch(application, Value::list({Value::map({{"op", "remove"}, {"path", pointer}})}));
      if (rest) application = std::move(*rest);
    }
    for (const Value& text : rule["jqPathExpressions"].items()) {
      auto expression = jq::PathExpression::compile(text.as_string());
      if (!expression) continue;
      if (auto rest = (*expression)->remove(application)) application = std::move(*rest);
    }
  }
  return application;
}

Value condition(std::string_view type, bool status, std::string_view reason, std::string_view message) {
  return Value::map({{"type", type}, {"status", status ? "True" : "False"}, {"reason", reason}, {"message", message}});
}

Value conditions_of(const std::string& error, const std::string& reason, bool generated) {
  constexpr std::string_view kDone = "All applications have been generated successfully";
  bool failed = !error.empty();
  return Value::list({
      condition("ErrorOccurred", failed, failed ? reason : "ApplicationSetUpToDate", failed ? error : kDone),
      generated ? condition("ParametersGenerated", true, "ParametersGenerated", "Successfully generated parameters for all Applications")
                : condition("ParametersGenerated", false, "ErrorOccurred", error),
      condition("ResourcesUpToDate", !failed, failed ? "ErrorOccurred" : "ApplicationSetUpToDate", failed ? error : kDone),
  });
}

}  // namespace

bool owns(const Value& application_set, const Value& object) {
  const Value* owner = controller_of(object);
  return owner && (*owner)["kind"].as_string() == "ApplicationSet" && (*owner)["uid"] == application_set["metadata"]["uid"];
}

Work work_for(const Value& application_set, const Applications& wanted, std::span<const Value> existing,
              const std::function<std::string(const Value& application)>& permitted) {
  Work out;
  auto note = [&](std::string error, std::string_view reason) {
    if (!out.error.empty()) return;
    out.error = std::move(error);
    out.reason = reason;
  };
  if (wanted.error) {
    note(wanted.error->message(), wanted.reason);
    return out;
  }
  Policy policy = policy_of(application_set);
  std::map<std::string_view, const Value*> by_name;
  for (const Value& application : existing) by_name[name_of(application)] = &application;
  std::set<std::string_view> names;
  for (const Value& application : wanted.list) {
    std::string_view name = name_of(application);
    if (!names.insert(name).second) {
      note(fmt::format("ApplicationSet {} contains applications with duplicate name: {}", name_of(application_set), name), "ApplicationValidationError");
      continue;
    }
    if (std::string why = permitted(application); !why.empty()) {
      note(std::move(why), "ApplicationValidationError");
      continue;
    }
    Value target = application;
    target.edit("metadata").set("ownerReferences", Value::list({owner_reference(application_set)}));
    auto live = by_name.find(name);
    if (live == by_name.end()) {
      out.create.push_back(std::move(target));
      continue;
    }
    if (const Value* owner = controller_of(*live->second); owner && !owns(application_set, *live->second)) {
      note(fmt::format("Object {}/{} is already owned by another {} controller {}", namespace_of(application), name,
                       (*owner)["kind"].as_string(), (*owner)["name"].as_string()), "UpdateApplicationError");
      continue;
    }
    if (!policy.update) continue;
    const Value& rules = application_set["spec"]["ignoreApplicationDifferences"];
    Value patch = make_merge_patch(without_ignored(decided(*live->second), rules, name),
                                   without_ignored(decided(with_kept(std::move(target), *live->second, application_set)), rules, name));
    if (!patch.empty()) out.update.push_back({std::string(name), std::move(patch)});
  }
  for (const Value& application : existing) {
    bool going = application["metadata"].contains("deletionTimestamp");
    if (policy.remove && !going && owns(application_set, application) && !names.contains(name_of(application)))
      out.remove.push_back({std::string(name_of(application)), application["metadata"]["uid"].str()});
  }
  return out;
}

Value status_of(const Value& application_set, const std::string& error, const std::string& reason, bool generated,
                std::span<const Value> existing, Time now, const Rollout* rollout) {
  Value conditions = Value::list();
  Value made = conditions_of(error, reason, generated);
  // While the generators fail a rollout stands still.
  bool paused = !rollout && !generated && rolls(application_set);
  if (rollout) made.push_back(rollout->condition);
  if (rollout && !rollout->invalid.empty()) made.push_back(condition("InvalidRolloutConfig", true, "InvalidRolloutConfig", rollout->invalid));
  for (const Value& old : application_set["status"]["conditions"].items())
    if (paused && old["type"].as_string() == "RolloutProgressing") made.push_back(old);
  for (Value one : made.items()) {
    Value since = format_rfc3339(now);
    for (const Value& old : application_set["status"]["conditions"].items()) {
      bool same = old["type"] == one["type"] && old["status"] == one["status"] && old["reason"] == one["reason"] && old["message"] == one["message"];
      if (same) since = old["lastTransitionTime"];
    }
    one.set("lastTransitionTime", since);
    conditions.push_back(std::move(one));
  }
  std::map<std::string_view, Value> resources;
  for (const Value& application : existing) {
    if (!owns(application_set, application)) continue;
    Value resource = Value::map({{"group", "argoproj.io"}, {"version", "v1alpha1"}, {"kind", "Application"},
                                 {"namespace", namespace_of(application)}, {"name", name_of(application)}});
    const Value& status = application["status"];
    if (status["sync"]["status"].is_string()) resource.set("status", status["sync"]["status"]);
    if (status["health"].is_map()) resource.set("health", status["health"]);
    resources.emplace(name_of(application), std::move(resource));
  }
  Value list = Value::list();
  for (auto& [name, resource] : resources) list.push_back(std::move(resource));
  Value out = Value::map({{"conditions", conditions}, {"resources", list}});
  if (rollout) out.set("applicationStatus", rollout->statuses);
  if (paused && application_set["status"]["applicationStatus"].is_list())
    out.set("applicationStatus", application_set["status"]["applicationStatus"]);
  return out;
}

bool may_remove(const Value& application_set) { return policy_of(application_set).remove; }

Value release_patch(const Value& application, const Value& application_set) {
  Value owners = Value::list();
  for (const Value& owner : application["metadata"]["ownerReferences"].items())
    if (owner["uid"] != application_set["metadata"]["uid"]) owners.push_back(owner);
  return Value::map({{"metadata", Value::map({{"ownerReferences", owners}})}});
}

}  // namespace taut::argo::appset
