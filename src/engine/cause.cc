// Why a Unit is red, in one condition: what the source says, what the server said to the last sync, or what the objects
// that are not healthy suffer from.
#include <algorithm>

#include "base/hash.hh"
#include "base/strings.hh"
#include "engine/settler.hh"
#include "port/repositories.hh"

namespace taut::engine {
namespace {

constexpr std::string_view kType = "RootCauseWarning";
// Progress is normal for a while. What waits for somebody else takes longer, and where nobody comes, thousands may wait.
constexpr Duration kPatience = std::chrono::seconds(5);
constexpr Duration kPatienceWithOthers = std::chrono::minutes(2);
constexpr size_t kMostObjects = 10;
constexpr size_t kMuch = 20;  // operations
constexpr size_t kMostQuestions = 4;

bool is_red(const ResourceState& resource, HealthState state) { return resource.health && resource.health->state == state; }

// For an address, or for its controller to look at it at all: until then it has no parts that could say more.
bool waits_for_others(const Value& object) {
  std::string_view kind = object["kind"].as_string();
  if (kind == "Ingress" || kind == "Service") return true;
  const Value& wanted = object["metadata"]["generation"];
  if (kind != "Deployment" && kind != "StatefulSet" && kind != "DaemonSet" && kind != "ReplicaSet") return false;
  return object["status"]["observedGeneration"].as_int() < wanted.as_int();
}

std::string shortened(const std::string& revision) { return is_full_sha(revision) ? revision.substr(0, 7) : revision; }

}  // namespace

// The hooks that failed, also while their sync is tried again.
std::vector<Value> Settler::failed_hooks() const {
  std::vector<Value> out;
  const auto& operation = unit.status.operation;
  if (!operation || operation->phase == OperationPhase::kSucceeded) return out;
  for (const TaskResult& result : operation->results) {
    bool failed = result.state == OperationPhase::kFailed || result.state == OperationPhase::kError;
    const Value* live = result.hook && failed ? engine.live_.find({result.id, result.gvk.version}) : nullptr;
    if (live && out.size() < kMostObjects) out.push_back(*live);
  }
  return out;
}

// Hooks that failed, then the Unit's objects that are Degraded, then those that are Progressing.
std::vector<Value> Settler::unhealthy() const {
  std::vector<Value> out = failed_hooks();
  auto add = [&](const Gvk& gvk, const ObjectId& id) {
    const Value* live = engine.live_.find({id, gvk.version});
    if (live && out.size() < kMostObjects) out.push_back(*live);
  };
  for (HealthState state : {HealthState::kDegraded, HealthState::kProgressing})
    for (const ResourceState& resource : unit.status.resources)
      if (is_red(resource, state)) add(resource.gvk, resource.id);
  return out;
}

void Settler::consider_cause() {
  note_refusal();
  std::vector<Value> wrong = unhealthy();
  if (!wrong.empty()) return ask_for_cause(wrong);
  unit.explained.reset();
  unit.explain_about = 0;
}

void Settler::ask_for_cause(const std::vector<Value>& wrong) {
  bool degraded = unit.status.health.state == HealthState::kDegraded || !failed_hooks().empty();
  bool patient = !degraded && std::ranges::all_of(wrong, waits_for_others);
  std::string about = degraded ? "degraded" : patient ? "waits" : "";
  for (const Value& object : wrong) about += ' ' + ObjectId::of(object).to_string();
  if (uint64_t asked = hash64(about); asked != unit.explain_about) {
    unit.explain_about = asked;
    unit.explain_count = 0;
    unit.explain_at = degraded ? now : now + (patient ? kPatienceWithOthers : kPatience);
  }
  if (unit.explaining) return;
  // While much is applied progress takes its time everywhere; and thousands that ask at once only keep the server from it.
  bool crowd = engine.active_ > kMuch || engine.explaining_ >= kMostQuestions;
  if (!degraded && crowd && now >= unit.explain_at) unit.explain_at = now + kPatience;
  if (now < unit.explain_at) return engine.wake_unit(unit.spec.key, unit.explain_at);
  unit.explaining = true;
  ++engine.explaining_;
  engine.effects_.push_back(Explain{unit.spec.key, wrong, shortened(previous_revision())});
}

std::string Settler::previous_revision() const {
  const History* entry = last_different();
  return entry ? entry->revision : std::string();
}

// The application whose objects hold the definition of this object's kind.
std::string Settler::provider_of(const Value& object) const {
  Gvk gvk = Gvk::of(object);
  for (const auto& [key, other] : engine.units_)
    for (const Value& definition : other->objects)
      if (definition["kind"].as_string() == "CustomResourceDefinition" && definition["spec"]["group"].as_string() == gvk.group &&
          definition["spec"]["names"]["kind"].as_string() == gvk.kind)
        return key.substr(key.rfind('/') + 1);
  return {};
}

// What the server said to the last sync stays until one succeeds: while it is tried again, nothing else is known.
void Settler::note_refusal() {
  const auto& operation = unit.status.operation;
  if (!operation || operation->phase == OperationPhase::kSucceeded) return unit.refusal.reset();
  for (const TaskResult& result : operation->results) {
    bool failed = result.code == ResultCode::kSyncFailed || result.state == OperationPhase::kError;
    if (!failed || result.message.empty()) continue;
    Refusal refusal;
    auto wanted = std::ranges::find(desired(), result.id, [](const Value& object) { return ObjectId::of(object); });
    refusal.desired = wanted != desired().end()
                          ? *wanted
                          : Value::map({{"apiVersion", result.gvk.api_version()},
                                        {"kind", result.gvk.kind},
                                        {"metadata", Value::map({{"name", result.id.name}, {"namespace", result.id.ns}})}});
    if (const Value* live = engine.live_.find({result.id, result.gvk.version})) refusal.live = *live;
    refusal.message = result.message;
    refusal.manager = unit.spec.field_manager;
    if (contains(result.message, "could not find") || contains(result.message, "no matches")) refusal.provider = provider_of(refusal.desired);
    if (auto reason = explain_refusal(refusal, {.previous_revision = shortened(previous_revision())})) {
      unit.refusal = std::move(reason);
      return;
    }
  }
}

// A repository, a render or a cluster in the way.
std::optional<Reason> Settler::source_trouble() const {
  SourceTrouble trouble;
  for (const Condition& old : unit.status.conditions)
    if (old.type == "ComparisonError" && old.since != Time{}) trouble.since = format_rfc3339(old.since);
  if (trouble.since.empty()) trouble.since = format_rfc3339(now);
  trouble.revision = unit.status.history.empty() ? shortened(unit.status.revision) : shortened(unit.status.history.back().revision);
  if (auto error = load_error()) {
    const Source& target = unit.target();
    bool resolved = !engine.revisions_.answer(target).error;
    size_t part = resolved ? unit.failed_part : engine.revisions_.failed_part(target);
    trouble.refused = error->code() == Code::kUnauthenticated || error->code() == Code::kForbidden;
    bool repository = error->transient() || (trouble.refused && !resolved);
    trouble.kind = repository ? SourceTrouble::Kind::kRepository : SourceTrouble::Kind::kRender;
    trouble.message = error->message();
    trouble.position = error->position();
    trouble.subject = split_project(target.each()[std::min(part, target.each().size() - 1)].repo).url;
    return explain_source(trouble);
  }
  for (const Gvk& gvk : *unit.kinds) {
    const auto* kind = engine.live_.find_kind(gvk);
    if (!kind || kind->synced || !kind->error) continue;
    trouble.refused = kind->error->code() == Code::kUnauthenticated;
    if (!kind->error->transient() && !trouble.refused) continue;
    trouble.kind = SourceTrouble::Kind::kCluster;
    trouble.subject = unit.spec.destination.server.empty() ? unit.spec.destination.name : unit.spec.destination.server;
    return explain_source(trouble);
  }
  return std::nullopt;
}

std::optional<Condition> Settler::cause() {
  if (!unit.spec.errors.empty() || unit.spec.deleting) return std::nullopt;
  auto reason = source_trouble();
  if (!reason) reason = unit.refusal;
  if (!reason && unit.explained) {
    reason = unit.explained;
    unit.status.health.message = reason->sentence;
  }
  if (reason) {
    std::string line = reason_line(*reason);
    if (uint64_t now_told = hash64(line); std::exchange(unit.told, now_told) != now_told) notice(Notice::Kind::kExplained, line);
    return Condition{std::string(kType), std::move(line), now};
  }
  // After a restart the question is asked anew; until then what was known holds.
  bool asking = unit.explain_about != 0 && unit.explain_count == 0;
  for (const Condition& old : unit.status.conditions)
    if (asking && old.type == kType) return old;
  unit.told = 0;
  return std::nullopt;
}

}  // namespace taut::engine
