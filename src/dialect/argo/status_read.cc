#include <algorithm>

#include "dialect/argo/application.hh"
#include "dialect/argo/sources.hh"

namespace taut::argo {
namespace {

Time time_of(const Value& text) { return parse_rfc3339(text.as_string()).value_or(Time{}); }

std::optional<engine::SyncState> read_sync_state(std::string_view text) {
  for (auto state : {engine::SyncState::kUnknown, engine::SyncState::kSynced, engine::SyncState::kOutOfSync})
    if (engine::sync_name(state) == text) return state;
  return std::nullopt;
}

engine::ResourceState read_resource(const Value& resource) {
  engine::ResourceState out;
  out.gvk = {resource["group"].str(), resource["version"].str(), resource["kind"].str()};
  out.id = {out.gvk.group, out.gvk.kind, resource["namespace"].str(), resource["name"].str()};
  out.sync = read_sync_state(resource["status"].as_string());
  if (auto state = parse_health(resource["health"]["status"].as_string()))
    out.health = Health{*state, resource["health"]["message"].str()};
  out.hook = resource["hook"].as_bool();
  out.requires_pruning = resource["requiresPruning"].as_bool();
  out.wave = static_cast<int>(resource["syncWave"].as_int());
  return out;
}

engine::TaskResult read_result(const Value& result) {
  engine::TaskResult out;
  out.gvk = {result["group"].str(), result["version"].str(), result["kind"].str()};
  out.id = {out.gvk.group, out.gvk.kind, result["namespace"].str(), result["name"].str()};
  for (auto code : {engine::ResultCode::kSynced, engine::ResultCode::kSyncFailed, engine::ResultCode::kPruned, engine::ResultCode::kPruneSkipped})
    if (engine::code_name(code) == result["status"].as_string()) out.code = code;
  out.message = result["message"].str();
  out.hook = !result["hookType"].as_string().empty();
  out.state = engine::parse_operation_phase(result["hookPhase"].as_string());
  out.phase = plan::parse_phase(result["syncPhase"].as_string()).value_or(plan::Phase::kSync);
  return out;
}

std::optional<engine::OperationState> read_operation_state(const Value& state) {
  auto phase = engine::parse_operation_phase(state["phase"].as_string());
  if (!phase) return std::nullopt;
  engine::OperationState out;
  out.operation = read_operation(state["operation"]);
  out.phase = *phase;
  out.message = state["message"].str();
  out.started = time_of(state["startedAt"]);
  if (state["finishedAt"].is_string()) out.finished = time_of(state["finishedAt"]);
  out.retries = state["retryCount"].as_int();
  out.revision = revision_in(state["syncResult"]);
  out.source = source_in(state["syncResult"]);
  for (const Value& result : state["syncResult"]["resources"].items()) out.results.push_back(read_result(result));
  return out;
}

engine::History read_history(const Value& entry) {
  return {entry["id"].as_int(),         revision_in(entry),
          source_in(entry),             time_of(entry["deployStartedAt"]),
          time_of(entry["deployedAt"]), entry["initiatedBy"]["automated"].as_bool(),
          entry["initiatedBy"]["username"].str()};
}

}  // namespace

engine::UnitStatus read_status(const Value& application) {
  const Value& status = application["status"];
  engine::UnitStatus out;
  out.sync = read_sync_state(status["sync"]["status"].as_string()).value_or(engine::SyncState::kUnknown);
  out.revision = revision_in(status["sync"]);
  out.compared_source = source_in(status["sync"]["comparedTo"]);
  out.health = {parse_health(status["health"]["status"].as_string()).value_or(HealthState::kUnknown),
                status["health"]["message"].str()};
  for (const Value& resource : status["resources"].items()) out.resources.push_back(read_resource(resource));
  std::ranges::stable_sort(out.resources, {}, [](const engine::ResourceState& r) { return r.id; });
  for (const Value& entry : status["history"].items()) out.history.push_back(read_history(entry));
  out.operation = read_operation_state(status["operationState"]);
  for (const Value& condition : status["conditions"].items())
    out.conditions.push_back({condition["type"].str(), condition["message"].str(), time_of(condition["lastTransitionTime"])});
  if (status["reconciledAt"].is_string()) out.reconciled = time_of(status["reconciledAt"]);
  out.source_type = status["sourceType"].str();
  for (const Value& type : status["sourceTypes"].items()) out.source_type += (out.source_type.empty() ? "" : ",") + type.str();
  for (const Value& finalizer : application["metadata"]["finalizers"].items()) {
    out.pre_delete_hooks = out.pre_delete_hooks || finalizer.as_string() == kPreDeleteFinalizer;
    out.post_delete_hooks = out.post_delete_hooks || finalizer.as_string() == kPostDeleteFinalizer;
  }
  for (const Value& image : status["summary"]["images"].items()) out.images.push_back(image.str());
  return out;
}

}  // namespace taut::argo
