#include "plan/order.hh"

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <sstream>

#include "value/json.hh"

namespace taut::plan {
namespace {

std::string corpus_file(const std::string& name) {
  const char* root = std::getenv("TAUT_CORPUS");
  return std::string(root ? root : "../shared/corpus") + "/argo/" + name;
}

Step step_of(const Value& task) {
  Step step;
  step.desired = task["target"];
  step.live = task["live"];
  step.gvk = Gvk::of(step.object());
  step.id = ObjectId::of(step.object());
  step.phase = parse_phase(task["phase"].as_string()).value_or(Phase::kSync);
  step.wave = static_cast<int>(task["wave"].as_int());
  return step;
}

std::string line(std::string_view phase, int64_t wave, std::string_view group, std::string_view kind,
                 std::string_view name) {
  return fmt::format("{} {} {}/{} {}", phase, wave, group, kind, name);
}

TEST(Order, is_that_of_argo_cd) {
  std::ifstream in(corpus_file("sync_order.json"));
  if (!in) GTEST_SKIP() << "no corpus";
  std::stringstream text;
  text << in.rdbuf();
  auto corpus = parse_json(text.str());
  ASSERT_TRUE(corpus) << corpus.error().to_string();
  for (const Value& test : (*corpus)["cases"].items()) {
    std::vector<Step> steps;
    for (const Value& task : test["tasks"].items()) steps.push_back(step_of(task));
    order_steps(steps);
    std::vector<std::string> got, want;
    for (const Step& s : steps) got.push_back(line(phase_name(s.phase), s.wave, s.gvk.group, s.gvk.kind, s.id.name));
    for (const Value& o : test["order"].items())
      want.push_back(line(o["phase"].as_string("Sync"), o["wave"].as_int(), o["group"].as_string(),
                          o["kind"].as_string(), o["name"].as_string()));
    EXPECT_EQ(got, want) << test["id"].as_string();
  }
}

Step prune(std::string name, int wave, const char* options = "") {
  Step step;
  step.action = Action::kPrune;
  step.live = Value::map({{"kind", "Pod"}, {"metadata", Value::map({{"name", name}})}});
  step.live.edit("metadata").edit("annotations").set(kSyncOptionsAnnotation, options);
  step.gvk = {"", "v1", "Pod"};
  step.id = {"", "Pod", "", name};
  step.wave = wave;
  return step;
}

TEST(Order, prunes_go_in_the_mirrored_order_of_their_waves) {
  std::vector<Step> steps = {prune("a", 1), prune("b", 2), prune("c", 2), prune("d", 5)};
  arrange_prunes(steps, false);
  EXPECT_EQ(steps[0].wave, 5);
  EXPECT_EQ(steps[1].wave, 2);
  EXPECT_EQ(steps[2].wave, 2);
  EXPECT_EQ(steps[3].wave, 1);
}

TEST(Order, prune_last_goes_behind_the_last_wave_of_the_sync_phase) {
  std::vector<Step> steps = {prune("a", 0, "PruneLast=true"), prune("b", 0)};
  Step pod = prune("p", 7);
  std::swap(pod.desired, pod.live);
  steps.push_back(pod);
  arrange_prunes(steps, false);
  EXPECT_EQ(steps[0].wave, 8);
  EXPECT_EQ(steps[1].wave, 0);
}

}  // namespace
}  // namespace taut::plan
