// A world for tests of the engine: a cluster, repositories and custom resources in memory, one thread, no time of its
// own. It carries out the engine's effects one by one, in the order that the test chooses, and outlives engines.
#pragma once

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "engine/engine.hh"
#include "value/json.hh"

namespace taut::engine {

class TestOwnership : public Ownership {
 public:
  Value mark(Value object, const UnitSpec& unit) const override {
    object.edit("metadata").edit("annotations").set("owner", unit.name);
    return object;
  }
  std::optional<std::string> owner(const Value& object) const override {
    std::string name(annotation_of(object, "owner"));
    return name.empty() ? std::nullopt : std::optional(name);
  }
};

class TestWorld {
 public:
  TestWorld() { restart(); }

  Time now = Time(std::chrono::hours(24 * 365 * 56));
  std::map<UnitKey, UnitSpec> specs;
  std::map<UnitKey, UnitStatus> statuses;  // as written to the custom resources
  std::map<UnitKey, Operation> operations;  // asked for there
  std::map<std::string, std::string> heads;  // "repo revision" to SHA
  std::map<std::string, std::vector<Value>> renders;  // "SHA path" to objects
  std::map<ObjectId, Value> objects;
  std::set<std::string> unserved = {};
  std::map<std::string, std::deque<Error>> faults;  // by the line of an effect, without its unit
  std::map<ObjectId, std::string> causes;  // what is found when an object is to be explained
  std::deque<Effect> waiting;
  std::vector<std::string> log;
  std::unique_ptr<Engine> engine;
  std::optional<Time> wake;
  Duration sync_timeout{};  // of engines that are started from now on
  size_t events = 0;  // told to engines so far
  std::function<void(const Effect&)> watcher = nullptr;  // sees each effect as it is decided

  // The process dies and another one starts: what was on its way may or may not have happened.
  void restart() {
    waiting.clear();
    watched_.clear();
    engine = std::make_unique<Engine>(EngineOptions{.poll_interval = std::chrono::hours(1), .poll_jitter = {}, .sync_timeout = sync_timeout}, std::vector<const Ownership*>{&ownership_});
    for (const auto& [key, spec] : specs) tell(UnitSpecified{spec, statuses[key]});
    for (const auto& [key, operation] : operations) tell(OperationRequested{key, operation});
  }

  void tell(const Event& event) {
    ++events;
    Effects effects = engine->step(event, now);
    wake = effects.wake;
    for (auto& effect : effects.list) {
      if (watcher) watcher(effect);
      if (const auto* notice = std::get_if<Notice>(&effect))
        log.push_back(notice_line(*notice));
      else
        waiting.push_back(std::move(effect));
    }
  }

  void specify(const UnitSpec& spec) {
    specs[spec.key] = spec;
    tell(UnitSpecified{spec, statuses[spec.key]});
  }

  // Carries out one waiting effect.
  void perform(size_t index = 0, bool logged = true) {
    Effect effect = std::move(waiting[index]);
    waiting.erase(waiting.begin() + static_cast<ptrdiff_t>(index));
    std::string text = line(effect);
    if (logged) log.push_back(text);
    std::visit([&](const auto& e) { act(e, text); }, effect);
  }
  // Until nothing is left to do but to wait. False when there is no end to it.
  bool settle(size_t limit = 10'000) {
    for (; !waiting.empty(); --limit) {
      if (limit == 0) return false;
      perform();
    }
    return true;
  }
  void pass(Duration time) {
    now += time;
    if (wake && *wake <= now) tell(Tick{});
  }

  // The hand of somebody else.
  void put(Value object) {
    ObjectId id = ObjectId::of(object);
    auto it = objects.find(id);
    Value uid = it == objects.end() ? Value(fmt::format("uid-{}", ++uids_)) : it->second["metadata"]["uid"];
    object.edit("metadata").set("uid", uid);
    store(std::move(object));
  }
  void erase(const ObjectId& id) {
    auto it = objects.find(id);
    if (it == objects.end()) return;
    Gvk gvk = Gvk::of(it->second);
    objects.erase(it);
    ++version_;
    if (watched_.contains(gvk)) tell(LiveGone{gvk, id});
  }

  static std::string name(const ObjectId& id) { return id.ns.empty() ? id.kind + "/" + id.name : id.kind + "/" + id.ns + "/" + id.name; }

  static std::string line(const Effect& effect) {
    return std::visit([](const auto& e) { return text(e); }, effect);
  }

 private:
  static std::string text(const ResolveRevision& e) { return fmt::format("resolve {} {}", e.repo, e.revision); }
  static std::string text(const Render& e) { return fmt::format("render {} {} {}{}", e.name, e.source.path, e.sha, e.hard ? " hard" : ""); }
  static std::string text(const WatchKind& e) { return fmt::format("watch {}", e.gvk.kind); }
  static std::string text(const Fetch& e) { return fmt::format("fetch {}", name(e.id)); }
  static std::string text(const Apply& e) {
    const auto& r = e.request;
    std::string_view verb = r.verb == WriteVerb::kApply ? "apply" : r.verb == WriteVerb::kMergePatch ? "patch" : "replace";
    return fmt::format("{} {}{}{}", verb, name({r.ref.gvk.group, r.ref.gvk.kind, r.ref.ns, r.ref.name}), r.dry_run ? " dry-run" : "",
                       r.verb == WriteVerb::kMergePatch ? " " + to_json(r.body) : "");
  }
  static std::string text(const Delete& e) {
    return fmt::format("delete {} {}", name({e.ref.gvk.group, e.ref.gvk.kind, e.ref.ns, e.ref.name}), e.options.propagation);
  }
  static std::string text(const WriteStatus& e) {
    std::string out = fmt::format("status {} {}", sync_name(e.status.sync), health_name(e.status.health.state));
    if (!e.status.revision.empty()) out += " at " + e.status.revision;
    if (e.status.operation)
      out += fmt::format(", {}: {}", phase_name(e.status.operation->phase), e.status.operation->message);
    for (const auto& condition : e.status.conditions) out += fmt::format(", {}: {}", condition.type, condition.message);
    return out;
  }
  static std::string text(const Explain& e) {
    std::string out = "explain";
    for (const Value& object : e.objects) out += " " + name(ObjectId::of(object));
    return out + (e.previous_revision.empty() ? "" : " before " + e.previous_revision);
  }
  static std::string text(const ReleaseUnit&) { return "release"; }
  static std::string text(const Notice&) { return ""; }
  static std::string notice_line(const Notice& n) {
    static constexpr const char* kNames[] = {"refreshed", "sync started", "sync finished", "applied", "pruned",
                                             "drift", "healed", "health", "conditions", "deleted", "because", "rolled back"};
    std::string out = fmt::format("  ({}{}", kNames[static_cast<size_t>(n.kind)], n.failed ? " badly" : "");
    if (n.object) out += " " + name(*n.object);
    if (!n.message.empty()) out += ": " + n.message;
    return out + ")";
  }

  // The fault that the test put on this effect, if any is left.
  std::optional<Error> fault(const std::string& line) {
    auto it = faults.find(line);
    if (it == faults.end() || it->second.empty()) return std::nullopt;
    Error error = it->second.front();
    it->second.pop_front();
    return error;
  }

  void act(const ResolveRevision& e, const std::string& line) {
    auto it = heads.find(e.repo + " " + e.revision);
    Result<std::string> sha = fail(Code::kNotFound, "unable to resolve '{}' to a commit SHA", e.revision);
    if (it != heads.end()) sha = it->second;
    if (auto error = fault(line)) sha = tl::unexpected(*error);
    tell(RevisionResolved{e.repo, e.revision, sha});
  }
  void act(const Render& e, const std::string& line) {
    auto it = renders.find(e.sha + " " + e.source.path);
    Result<RenderedObjects> result = fail(Code::kNotFound, "{}: app path does not exist", e.source.path);
    if (it != renders.end()) result = RenderedObjects{it->second, "Directory", {}};
    if (auto error = fault(line)) result = tl::unexpected(*error);
    tell(Rendered{e.unit, e.sha, result});
  }
  void act(const WatchKind& e, const std::string&) {
    bool served = !unserved.contains(e.gvk.kind);
    tell(KindKnown{e.gvk, served, e.gvk.kind != "Namespace" && e.gvk.kind != "CustomResourceDefinition"});
    if (!served) return;
    watched_.insert(e.gvk);
    for (const auto& [id, object] : std::map(objects))
      if (Gvk::of(object) == e.gvk) tell(LiveChanged{e.gvk, object});
    tell(LiveSynced{e.gvk});
  }
  void act(const Fetch& e, const std::string&) {
    auto it = objects.find(e.id);
    if (it == objects.end())
      tell(Fetched{e.gvk, e.id, fail(Code::kNotFound, "not found")});
    else
      tell(Fetched{e.gvk, e.id, it->second});
  }
  void act(const Apply& e, const std::string& line) {
    if (auto error = fault(line)) return tell(Applied{e.unit, e.ticket, tl::unexpected(*error)});
    const auto& ref = e.request.ref;
    ObjectId id{ref.gvk.group, ref.gvk.kind, ref.ns, ref.name};
    if (unserved.contains(ref.gvk.kind))
      return tell(Applied{e.unit, e.ticket, fail(Code::kNotFound, "the server could not find the requested resource")});
    auto it = objects.find(id);
    if (e.request.verb == WriteVerb::kMergePatch && it == objects.end())
      return tell(Applied{e.unit, e.ticket, fail(Code::kNotFound, "not found")});
    bool created = it == objects.end();
    Value object = created ? Value() : it->second;
    merge(object, e.request.body);
    if (created) object.edit("metadata").set("uid", fmt::format("uid-{}", ++uids_));
    if (!e.request.dry_run) object = store(std::move(object));
    tell(Applied{e.unit, e.ticket, WriteResult{object, created, {}}});
  }
  void act(const Delete& e, const std::string& line) {
    if (auto error = fault(line)) return tell(Deleted{e.unit, e.ticket, tl::unexpected(*error)});
    ObjectId id{e.ref.gvk.group, e.ref.gvk.kind, e.ref.ns, e.ref.name};
    auto it = objects.find(id);
    if (it == objects.end()) return tell(Deleted{e.unit, e.ticket, fail(Code::kNotFound, "not found")});
    if (!e.options.uid.empty() && it->second["metadata"]["uid"].as_string() != e.options.uid)
      return tell(Deleted{e.unit, e.ticket, fail(Code::kConflict, "the UID in the precondition does not match")});
    if (it->second["metadata"]["finalizers"].empty()) {
      erase(id);
    } else {
      Value object = it->second;
      object.edit("metadata").set("deletionTimestamp", "2026-01-01T00:00:00Z");
      store(std::move(object));
    }
    tell(Deleted{e.unit, e.ticket, {}});
  }
  void act(const WriteStatus& e, const std::string& line) {
    if (auto error = fault(line.substr(0, 6))) return tell(StatusWritten{e.unit, tl::unexpected(*error)});
    statuses[e.unit] = e.status;
    if (e.clear_operation) operations.erase(e.unit);
    tell(StatusWritten{e.unit, {}});
  }
  void act(const Explain& e, const std::string&) {
    auto it = causes.find(ObjectId::of(e.objects.front()));
    std::optional<Reason> reason;
    if (it != causes.end()) reason = Reason{"test", it->second, "Mend it.", {}, "Raw", name(it->first), {}};
    tell(Explained{e.unit, reason});
  }
  void act(const ReleaseUnit& e, const std::string&) {
    specs.erase(e.unit);
    statuses.erase(e.unit);
    tell(UnitGone{e.unit});
  }
  void act(const Notice&, const std::string&) {}

  Value store(Value object) {
    object.edit("metadata").set("resourceVersion", std::to_string(++version_));
    ObjectId id = ObjectId::of(object);
    if (object["metadata"].contains("deletionTimestamp") && object["metadata"]["finalizers"].empty()) {
      erase(id);
      return object;
    }
    objects[id] = object;
    Gvk gvk = Gvk::of(object);
    if (watched_.contains(gvk)) tell(LiveChanged{gvk, object});
    return object;
  }

  static void merge(Value& into, const Value& patch) {
    for (const auto& [key, value] : patch.entries()) {
      if (value.is_null())
        into.erase(key.as_string());
      else if (value.is_map() && into[key.as_string()].is_map())
        merge(into.edit(key.as_string()), value);
      else
        into.set(key.as_string(), value);
    }
  }

  TestOwnership ownership_;
  std::set<Gvk> watched_;
  uint64_t version_ = 0;
  uint64_t uids_ = 0;
};

}  // namespace taut::engine
