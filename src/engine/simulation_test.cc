// A world that does what it likes: effects are carried out in any order, fail, the process dies at any step, people
// edit and push. When it calms down, every Unit must be where its source says, whatever happened before.
#include <gtest/gtest.h>

#include <cstdlib>
#include <random>
#include <set>

#include "engine/test_world.hh"

namespace taut::engine {
namespace {

// Nobody but the Unit in this namespace has objects of this kind.
std::string own_kind(const std::string& ns) { return "Of-" + ns; }

Value config_map(const std::string& name, int value, int wave, std::string_view kind = "ConfigMap") {
  Value object = Value::map({{"apiVersion", "v1"}, {"kind", kind}, {"metadata", Value::map({{"name", name}})},
                             {"spec", Value::map({{"k", value}})}});
  if (wave != 0) object.edit("metadata").edit("annotations").set(plan::kSyncWaveAnnotation, std::to_string(wave));
  return object;
}

Value job(const std::string& name, std::string_view phase) {
  Value object = Value::map({{"apiVersion", "batch/v1"}, {"kind", "Job"}, {"metadata", Value::map({{"name", name}})}});
  object.edit("metadata").edit("annotations").set(plan::kHookAnnotation, phase);
  return object;
}

class Simulation {
 public:
  explicit Simulation(uint64_t seed) : random_(seed) {
    for (int i = 0; i < 3; ++i) {
      UnitSpec spec;
      spec.name = fmt::format("unit-{}", i);
      spec.key = "argoproj.io/Application/argocd/" + spec.name;
      spec.source = {"repo", "main", spec.name, Value::map({{"path", spec.name}})};
      spec.destination.ns = "ns-" + std::to_string(i);
      spec.policy.automated = spec.policy.prune = spec.policy.self_heal = true;
      spec.policy.allow_empty = true;
      spec.fingerprint = Value(spec.name);
      world_.specs[spec.key] = spec;
    }
    push();
    world_.watcher = [this](const Effect& effect) { check_decision(effect); };
    restart();
  }
  size_t events() const { return world_.events; }

  void live(int steps) {
    for (int i = 0; i < steps; ++i) {
      step();
      check_invariants();
    }
  }

  // Nothing more happens but what the engine does and what controllers in the cluster would.
  void calm_down() {
    world_.faults.clear();
    for (int round = 0; round < 40; ++round) {
      ASSERT_TRUE(world_.settle(20'000)) << "no end";
      finish_jobs();
      if (world_.waiting.empty()) world_.pass(std::chrono::minutes(5));
    }
    ASSERT_TRUE(world_.settle(20'000)) << "no end";
  }

  // One Unit is deleted, and the process may die over it: all that is its own goes, nothing else does.
  void remove_one() {
    UnitSpec spec = world_.specs.begin()->second;
    spec.deleting = true;
    spec.cascade = Cascade::kBackground;
    spec.fingerprint = Value("deleting");
    world_.specify(spec);
    const std::set<std::string> others = outside(spec.destination.ns);
    for (int i = pick(6); i > 0 && !world_.waiting.empty(); --i) perform();
    if (pick(2) == 0) restart();
    calm_down();
    EXPECT_FALSE(world_.specs.contains(spec.key));
    for (const auto& [id, object] : world_.objects) EXPECT_NE(id.ns, spec.destination.ns) << id.to_string();
    EXPECT_EQ(outside(spec.destination.ns), others);
  }

  void check_end() {
    std::map<ObjectId, int> wanted;
    for (const auto& [key, spec] : world_.specs) {
      const UnitStatus* status = world_.engine->status(key);
      ASSERT_TRUE(status);
      std::string conditions;
      for (const auto& condition : status->conditions) conditions += condition.message + "; ";
      EXPECT_EQ(sync_name(status->sync), "Synced") << key << ": " << conditions
          << (status->operation ? status->operation->message : "");
      EXPECT_EQ(status->revision, head_);
      EXPECT_TRUE(world_.statuses[key] == *status) << key << ": the status written is not the last one";
      for (const Value& object : world_.renders[head_ + " " + spec.source.path])
        if (!plan::is_hook(object))
          wanted[{"", object["kind"].str(), spec.destination.ns, std::string(name_of(object))}] = static_cast<int>(object["spec"]["k"].as_int());
    }
    std::map<ObjectId, int> there;
    for (const auto& [id, object] : world_.objects)
      if (id.kind != "Job" && id.ns != "foreign") there[id] = static_cast<int>(object["spec"]["k"].as_int());
    EXPECT_EQ(there, wanted);
    EXPECT_EQ(world_.objects.count({"", "ConfigMap", "foreign", "mine"}), foreign_ ? 1u : 0u);
  }

 private:
  std::set<std::string> outside(const std::string& ns) const {
    std::set<std::string> found;
    for (const auto& [id, object] : world_.objects)
      if (id.ns != ns) found.insert(id.to_string());
    return found;
  }
  int pick(int below) { return static_cast<int>(random_() % static_cast<uint64_t>(below)); }

  void push() {
    head_ = fmt::format("sha{}", ++commits_);
    world_.heads["repo main"] = head_;
    for (const auto& [key, spec] : world_.specs) {
      std::vector<Value> objects;
      for (int i = pick(5); i >= 0; --i) objects.push_back(config_map("c" + std::to_string(pick(6)), pick(3), pick(3)));
      std::ranges::sort(objects, {}, [](const Value& o) { return std::string(name_of(o)); });
      objects.erase(std::unique(objects.begin(), objects.end(), [](const Value& a, const Value& b) { return name_of(a) == name_of(b); }), objects.end());
      if (pick(4) == 0) objects.push_back(config_map("own", pick(3), 0, own_kind(spec.destination.ns)));
      if (pick(3) == 0) objects.push_back(job("before", "PreSync"));
      if (pick(4) == 0) objects.push_back(job("after", "PostSync"));
      world_.renders[head_ + " " + spec.source.path] = objects;
    }
  }

  void edit() {
    std::vector<ObjectId> ids;
    for (const auto& [id, object] : world_.objects)
      if (id.kind == "ConfigMap" && id.ns != "foreign") ids.push_back(id);
    if (ids.empty()) return;
    const ObjectId& id = ids[static_cast<size_t>(pick(static_cast<int>(ids.size())))];
    if (pick(3) == 0) return world_.erase(id);
    Value object = world_.objects[id];
    object.edit("spec").set("k", 99);
    world_.put(object);
  }

  void finish_jobs() {
    for (const auto& [id, object] : std::map(world_.objects)) {
      if (id.kind != "Job" || object["status"].is_map()) continue;
      Value done = object;
      done.set("status", Value::map({{"conditions", Value::list({Value::map({{"type", "Complete"}, {"status", "True"}})})}}));
      world_.put(done);
    }
  }

  void step() {
    int choice = pick(100);
    if (choice < 70 && !world_.waiting.empty()) return perform();
    if (choice < 78) return world_.pass(std::chrono::seconds(pick(10)));
    if (choice < 84) return edit();
    if (choice < 88) return finish_jobs();
    if (choice < 91) return push(), world_.tell(RepositoryChanged{"repo"});
    if (choice < 93 && !foreign_) {
      foreign_ = true;
      return world_.put(Value::map({{"apiVersion", "v1"}, {"kind", "ConfigMap"},
                                    {"metadata", Value::map({{"name", "mine"}, {"namespace", "foreign"}})}}));
    }
    if (choice < 94) return ask();
    if (choice < 97) {
      // Dies, perhaps after a few requests more than anybody heard of.
      for (int i = pick(3); i > 0 && !world_.waiting.empty(); --i) perform();
      return restart();
    }
  }

  void perform() {
    size_t index = static_cast<size_t>(pick(static_cast<int>(world_.waiting.size())));
    if (pick(10) == 0) {
      std::string line = TestWorld::line(world_.waiting[index]);
      if (line.starts_with("status")) line = "status";
      world_.faults[line] = {Error(pick(2) == 0 ? Code::kUnavailable : Code::kConflict, "the world said no")};
    }
    world_.perform(index, false);
    world_.faults.clear();
  }

  void restart() {
    reached_.clear();
    world_.restart();
  }

  // Somebody asks for a sync or for its end.
  void ask() {
    auto unit = std::next(world_.specs.begin(), pick(static_cast<int>(world_.specs.size())));
    if (pick(3) == 0) return world_.tell(TerminateRequested{unit->first});
    Operation operation;
    operation.prune = pick(2) == 0;
    operation.user = "somebody";
    world_.operations[unit->first] = operation;
    world_.tell(OperationRequested{unit->first, operation});
  }

  // What the source of the sync that runs says of an object; null when it says nothing.
  Value in_source(const UnitSpec& spec, const ObjectId& id) {
    const UnitStatus* status = world_.engine->status(spec.key);
    if (!status || !status->operation) return nullptr;
    for (const Value& object : world_.renders[status->operation->revision + " " + spec.source.path])
      if (object["kind"].as_string() == id.kind && name_of(object) == id.name && id.ns == spec.destination.ns) return object;
    return nullptr;
  }

  // Held at the moment at which the engine decides, whatever has happened until then.
  void check_decision(const Effect& effect) {
    if (const auto* apply = std::get_if<Apply>(&effect); apply && apply->request.verb != WriteVerb::kMergePatch)
      check_apply(*apply);
    if (const auto* removal = std::get_if<Delete>(&effect)) check_removal(*removal);
    if (const auto* notice = std::get_if<Notice>(&effect); notice && notice->kind == Notice::Kind::kSyncStarted)
      reached_.erase(notice->unit);
  }

  // Nothing is applied that the source does not hold, and waves are kept: a sync never goes back to an earlier one.
  void check_apply(const Apply& apply) {
    const UnitSpec& spec = world_.specs.at(apply.unit);
    const auto& ref = apply.request.ref;
    Value wanted = in_source(spec, {ref.gvk.group, ref.gvk.kind, ref.ns, ref.name});
    ASSERT_FALSE(wanted.is_null()) << TestWorld::line(apply) << " is in no plan";
    ASSERT_EQ(wanted["spec"], apply.request.body["spec"]) << TestWorld::line(apply);
    const OperationState& operation = *world_.engine->status(apply.unit)->operation;
    std::pair place{static_cast<int>(plan::intent_of(wanted).phases.front()), plan::wave_of(wanted)};
    int64_t attempt = operation.retries;
    auto [at, fresh] = reached_.try_emplace(apply.unit, attempt, place);
    if (at->second.first != attempt) at->second = {attempt, place};
    ASSERT_GE(place, at->second.second) << TestWorld::line(apply) << " after a later wave";
    at->second.second = place;
  }

  // Nothing wanted is pruned: only hooks are, to be run again, and what a Unit that goes away leaves.
  void check_removal(const Delete& removal) {
    auto spec = world_.specs.find(removal.unit);
    if (spec == world_.specs.end() || spec->second.deleting || removal.ref.gvk.kind == "Job") return;
    Value wanted = in_source(spec->second, {removal.ref.gvk.group, removal.ref.gvk.kind, removal.ref.ns, removal.ref.name});
    ASSERT_TRUE(wanted.is_null()) << TestWorld::line(removal) << " is wanted";
  }

  // What nobody asked for is never touched.
  void check_invariants() {
    ASSERT_TRUE(!foreign_ || world_.objects.contains({"", "ConfigMap", "foreign", "mine"}));
  }

  std::mt19937_64 random_;
  TestWorld world_;
  std::string head_;
  int commits_ = 0;
  bool foreign_ = false;
  // How far each Unit's sync has come: of which attempt, and to which phase and wave.
  std::map<UnitKey, std::pair<int64_t, std::pair<int, int>>> reached_;
};

class Simulated : public testing::Test {};

// A failing seed is run again, alone and exactly as before, with TAUT_SIMULATION_SEED; TAUT_SIMULATION_EVENTS says how
// many events are explored (a million in `make test-all`).
uint64_t number_from(const char* variable, uint64_t otherwise) {
  const char* text = std::getenv(variable);
  return text ? std::strtoull(text, nullptr, 10) : otherwise;
}

size_t simulate(uint64_t seed) {
  SCOPED_TRACE(fmt::format("again with: TAUT_SIMULATION_SEED={} engine_test --gtest_filter='Simulated.*'", seed));
  Simulation simulation(seed);
  simulation.live(200);
  simulation.calm_down();
  simulation.check_end();
  if (!testing::Test::HasFailure()) simulation.remove_one();
  return simulation.events();
}

TEST_F(Simulated, ends_where_the_source_says_and_keeps_to_the_plan_on_the_way) {
  if (uint64_t seed = number_from("TAUT_SIMULATION_SEED", UINT64_MAX); seed != UINT64_MAX) {
    simulate(seed);
    return;
  }
  size_t wanted = number_from("TAUT_SIMULATION_EVENTS", 40'000), events = 0;
  uint64_t seed = 0;
  for (; events < wanted && !testing::Test::HasFailure(); ++seed) events += simulate(seed);
  fmt::print("{} events in {} worlds\n", events, seed);
}

}  // namespace
}  // namespace taut::engine
