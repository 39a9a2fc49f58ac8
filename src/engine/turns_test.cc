// How often the statuses of many Units are written that are synced for the first time, all at once.
#include <gtest/gtest.h>

#include "engine/test_world.hh"

namespace taut::engine {
namespace {

constexpr size_t kUnits = 100;

class FirstSyncs : public ::testing::Test {
 protected:
  void SetUp() override {
    world_.heads["repo main"] = "1111111111111111111111111111111111111111";
    for (size_t i = 0; i < kUnits; ++i) {
      std::string name = fmt::format("app-{:03}", i);
      for (const char* kind : {"ConfigMap", "Secret"})
        world_.renders["1111111111111111111111111111111111111111 " + name].push_back(
            Value::map({{"apiVersion", "v1"}, {"kind", kind}, {"metadata", Value::map({{"name", name}})}}));
    }
    world_.watcher = [this](const Effect& effect) {
      if (const auto* write = std::get_if<WriteStatus>(&effect)) written_[write->unit].push_back(write->status.operation->phase);
    };
  }

  void specify_all() {
    for (size_t i = 0; i < kUnits; ++i) {
      UnitSpec spec;
      spec.name = fmt::format("app-{:03}", i);
      spec.key = "argoproj.io/Application/argocd/" + spec.name;
      spec.source = {"repo", "main", spec.name, Value::map({{"path", spec.name}})};
      spec.destination.ns = "shop";
      spec.policy.automated = spec.policy.self_heal = true;
      spec.fingerprint = Value(spec.name);
      world_.specify(spec);
    }
  }

  size_t announced() const {
    return static_cast<size_t>(std::ranges::count_if(written_, [](const auto& unit) { return unit.second.front() == OperationPhase::kRunning; }));
  }

  void expect_all_synced() const {
    EXPECT_EQ(world_.statuses.size(), kUnits);
    for (const auto& [key, status] : world_.statuses) EXPECT_EQ(status.sync, SyncState::kSynced) << key;
  }

  TestWorld world_;
  std::map<UnitKey, std::vector<OperationPhase>> written_;
};

TEST_F(FirstSyncs, OnlyTheFirstOfAKindIsAnnounced) {
  specify_all();
  ASSERT_TRUE(world_.settle());
  expect_all_synced();
  EXPECT_EQ(announced(), 1U);
  for (const auto& [key, phases] : written_) {
    EXPECT_EQ(phases.back(), OperationPhase::kSucceeded) << key;
    EXPECT_EQ(phases.size(), phases.front() == OperationPhase::kRunning ? 2U : 1U) << key;
  }
}

TEST_F(FirstSyncs, OneWhoseStatusCannotBeWrittenHoldsNobodyUp) {
  world_.watcher = nullptr;
  specify_all();
  // Whoever is announced first is refused, and so is the next.
  world_.faults["status"] = {Error(Code::kInternal, "refused"), Error(Code::kInternal, "refused")};
  ASSERT_TRUE(world_.settle());
  for (int i = 0; i < 10; ++i) {
    world_.pass(std::chrono::seconds(1));
    ASSERT_TRUE(world_.settle());
  }
  expect_all_synced();
}

TEST_F(FirstSyncs, OneThatGoesAwayHoldsNobodyUp) {
  specify_all();
  // Until the first announcement is on its way.
  auto announces = [](const Effect& effect) { return std::holds_alternative<WriteStatus>(effect); };
  for (auto found = world_.waiting.end(); found == world_.waiting.end(); found = std::ranges::find_if(world_.waiting, announces))
    world_.perform(0);
  auto found = std::ranges::find_if(world_.waiting, announces);
  UnitKey leader = std::get<WriteStatus>(*found).unit;
  world_.waiting.erase(found);
  world_.specs.erase(leader);
  world_.tell(UnitGone{leader});
  ASSERT_TRUE(world_.settle());
  for (const auto& [key, spec] : world_.specs) EXPECT_EQ(world_.statuses[key].sync, SyncState::kSynced) << key;
}

}  // namespace
}  // namespace taut::engine
