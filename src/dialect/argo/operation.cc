#include <algorithm>

#include "dialect/argo/application.hh"
#include "dialect/argo/sources.hh"

namespace taut::argo {
namespace {

// An entry of operation.info by which taut knows a rollback again.
constexpr std::string_view kRollbackInfo = "taut.dev/rollback";

void set_if(Value& target, std::string_view key, const std::string& text) {
  if (!text.empty()) target.set(key, text);
}
void set_if(Value& target, std::string_view key, bool flag) {
  if (flag) target.set(key, true);
}

std::optional<int64_t> rollback_of(const Value& info) {
  for (const Value& entry : info.items())
    if (entry["name"].as_string() == kRollbackInfo) return std::atoll(entry["value"].str().c_str());
  return std::nullopt;
}

Value write_retry(const engine::Retry& retry) {
  Value out = Value::map();
  if (retry.limit != 0) out.set("limit", retry.limit);
  if (retry.refresh) out.set("refresh", true);
  if (retry == engine::Retry{retry.limit, retry.refresh}) return out;
  out.set("backoff", Value::map({{"duration", format_go_duration(retry.base)},
                                 {"factor", static_cast<int64_t>(retry.factor)},
                                 {"maxDuration", format_go_duration(retry.cap)}}));
  return out;
}

engine::Retry read_operation_retry(const Value& retry) {
  engine::Retry out;
  out.limit = retry["limit"].as_int();
  out.refresh = retry["refresh"].as_bool();
  const Value& backoff = retry["backoff"];
  if (auto d = parse_go_duration(backoff["duration"].as_string())) out.base = *d;
  if (backoff["factor"].as_int() > 0) out.factor = static_cast<double>(backoff["factor"].as_int());
  if (auto d = parse_go_duration(backoff["maxDuration"].as_string())) out.cap = *d;
  return out;
}

}  // namespace

engine::Operation read_operation(const Value& operation) {
  const Value& sync = operation["sync"];
  engine::Operation out;
  out.revision = revision_in(sync);
  if (auto source = source_in(sync); !source.raw.is_null()) out.source = std::move(source);
  out.prune = sync["prune"].as_bool();
  out.dry_run = sync["dryRun"].as_bool();
  const Value& strategy = sync["syncStrategy"];
  out.skip_hooks = strategy["apply"].is_map();
  out.force = strategy["apply"]["force"].as_bool() || strategy["hook"]["force"].as_bool();
  for (const Value& resource : sync["resources"].items())
    out.resources.push_back({resource["group"].str(), resource["kind"].str(), resource["namespace"].str(), resource["name"].str()});
  for (const Value& option : sync["syncOptions"].items()) out.options.push_back(option.str());
  out.self_heal_attempts = sync["autoHealAttemptsCount"].as_int();
  out.retry = read_operation_retry(operation["retry"]);
  out.automated = operation["initiatedBy"]["automated"].as_bool();
  out.user = operation["initiatedBy"]["username"].str();
  out.raw_info = operation["info"];
  out.rollback_to = rollback_of(operation["info"]);
  for (const Value& manifest : sync["manifests"].items()) out.manifests.push_back(manifest.str());
  return out;
}

Value write_operation(const engine::Operation& operation, const engine::OperationState* state) {
  Value sync = Value::map();
  if (operation.source) set_source(sync, operation.source->raw);
  const Value source = operation.source ? operation.source->raw : state ? state->source->raw : Value();
  set_revision(sync, operation.revision.empty() && state ? state->revision : operation.revision, source);
  for (const std::string& manifest : operation.manifests) sync.edit("manifests").push_back(manifest);
  set_if(sync, "prune", operation.prune);
  set_if(sync, "dryRun", operation.dry_run);
  if (operation.skip_hooks || operation.force) {
    Value strategy = Value::map();
    if (operation.force) strategy.set("force", true);
    sync.set("syncStrategy", Value::map({{operation.skip_hooks ? "apply" : "hook", strategy}}));
  }
  for (const plan::Selector& resource : operation.resources) {
    Value item = Value::map({{"kind", resource.kind}, {"name", resource.name}});
    set_if(item, "group", resource.group);
    set_if(item, "namespace", resource.ns);
    sync.edit("resources").push_back(item);
  }
  for (const auto& option : operation.options) sync.edit("syncOptions").push_back(option);
  if (operation.self_heal_attempts > 0) sync.set("autoHealAttemptsCount", operation.self_heal_attempts);
  Value out = Value::map({{"sync", sync}});
  Value by = Value::map();
  set_if(by, "automated", operation.automated);
  set_if(by, "username", operation.user);
  out.set("initiatedBy", by);
  out.set("retry", write_retry(operation.retry));
  if (operation.raw_info.is_list()) out.set("info", operation.raw_info);
  if (operation.rollback_to && !rollback_of(operation.raw_info))
    out.edit("info").push_back(Value::map({{"name", kRollbackInfo}, {"value", std::to_string(*operation.rollback_to)}}));
  return out;
}

Value operation_patch(const engine::Operation& operation) {
  return Value::map({{"operation", write_operation(operation, nullptr)}});
}

namespace {

// Where a rollback goes that names no entry. The history holds what was deployed with success: when the last attempt
// was of another revision, it failed or hangs, and the last entry is the way back; else the one before it (which is
// all that `argocd app rollback` knows).
Result<const Value*> entry_before(const Value& application) {
  auto history = application["status"]["history"].items();
  std::string tried = revision_in(application["status"]["operationState"]["syncResult"]);
  if (!tried.empty() && revision_in(history.back()) != tried) return &history.back();
  if (history.size() < 2)
    return fail(Code::kNotFound, "application {} should have at least two successful deployments", name_of(application));
  return &history[history.size() - 2];
}

Result<const Value*> entry_of(const Value& application, std::optional<int64_t> id) {
  auto history = application["status"]["history"].items();
  if (history.empty()) return fail(Code::kNotFound, "application {} has no history", name_of(application));
  if (!id) return entry_before(application);
  auto found = std::ranges::find_if(history, [&](const Value& h) { return h["id"].as_int(-1) == *id; });
  if (found == history.end())
    return fail(Code::kNotFound, "application {} does not have deployment id {} in history", name_of(application), *id);
  return &*found;
}

}  // namespace

Result<engine::Operation> rollback_operation(const Value& application, std::optional<int64_t> history_id, bool prune) {
  TAUT_ASSIGN(const Value* entry, entry_of(application, history_id));
  engine::Operation operation;
  operation.revision = revision_in(*entry);
  operation.source = source_in(*entry);
  operation.prune = prune;
  operation.rollback_to = (*entry)["id"].as_int();
  for (const Value& option : application["spec"]["syncPolicy"]["syncOptions"].items()) operation.options.push_back(option.str());
  return operation;
}

}  // namespace taut::argo
