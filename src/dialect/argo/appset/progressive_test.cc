#include "dialect/argo/appset/progressive.hh"

#include <gtest/gtest.h>

#include "value/json.hh"
#include "yaml/reader.hh"

namespace taut::argo::appset {
namespace {

using namespace std::chrono_literals;

// Applications that a controller syncs in a moment, and a set that rolls them out.
class Rolling : public testing::Test {
 protected:
  void begin(std::string_view strategy) {
    set_ = parse_yaml_document(fmt::format("metadata: {{name: s, uid: u}}\nspec:\n  strategy: {}\nstatus: {{}}\n", strategy))->root;
    for (const auto& [name, env] : std::map<std::string, std::string>{{"d1", "dev"}, {"p1", "prod"}, {"p2", "prod"}, {"p3", "prod"}})
      applications_[name] = *parse_json(fmt::format(
          R"({{"metadata":{{"name":"{}","labels":{{"env":"{}"}}}},"spec":{{"syncPolicy":{{"automated":{{"prune":true}}}}}},
              "status":{{"sync":{{"status":"OutOfSync","revision":"r1"}},"health":{{"status":"Missing"}}}}}})", name, env));
  }
  std::vector<Value> list() const {
    std::vector<Value> out;
    for (const auto& [name, application] : applications_) out.push_back(application);
    return out;
  }
  // One look of the set; the syncs that it asks for begin at once.
  std::string look() {
    now_ += 1s;
    auto there = list();
    Rollout out = roll_out(set_, there, there, {}, now_);
    set_.edit("status").set("applicationStatus", out.statuses);
    message_ = out.condition["message"].str();
    for (const std::string& name : out.sync) {
      Value& status = applications_[name].edit("status");
      status.set("operationState", Value::map({{"phase", "Succeeded"}, {"startedAt", format_rfc3339(now_)}}));
      status.edit("sync").set("status", "Synced");
      status.edit("health").set("status", "Progressing");
    }
    std::string text;
    for (const Value& status : out.statuses.items())
      text += fmt::format("{}{} {}", text.empty() ? "" : ", ", status["application"].as_string(), status["status"].as_string());
    return text;
  }
  void becomes(const std::string& name, std::string_view health) { applications_[name].edit("status").edit("health").set("status", health); }
  void commit(std::string_view revision) {
    for (auto& [name, application] : applications_) {
      application.edit("status").edit("sync").set("status", "OutOfSync");
      application.edit("status").edit("sync").set("revision", revision);
    }
  }

  Value set_;
  std::map<std::string, Value> applications_;
  Time now_ = Time(std::chrono::hours(24 * 365 * 56));
  std::string message_;
};

constexpr const char* kTwoSteps = R"({type: RollingSync, rollingSync: {steps: [
  {matchExpressions: [{key: env, operator: In, values: [dev]}]}, {matchExpressions: [{key: env, operator: In, values: [prod]}], maxUpdate: 2}]}})";

TEST_F(Rolling, goes_step_by_step_and_no_faster_than_allowed) {
  begin(kTwoSteps);
  EXPECT_EQ(look(), "d1 Pending, p1 Waiting, p2 Waiting, p3 Waiting");
  EXPECT_EQ(message_, "ApplicationSet is performing rollout of step 1");
  EXPECT_EQ(look(), "d1 Pending, p1 Waiting, p2 Waiting, p3 Waiting");  // its sync begins
  EXPECT_EQ(look(), "d1 Progressing, p1 Waiting, p2 Waiting, p3 Waiting");
  becomes("d1", "Healthy");
  EXPECT_EQ(look(), "d1 Healthy, p1 Pending, p2 Pending, p3 Waiting");
  EXPECT_EQ(message_, "ApplicationSet is performing rollout of step 2");
  look();
  EXPECT_EQ(look(), "d1 Healthy, p1 Progressing, p2 Progressing, p3 Waiting");
  becomes("p2", "Healthy");
  EXPECT_EQ(look(), "d1 Healthy, p1 Progressing, p2 Healthy, p3 Pending");
  becomes("p1", "Degraded");
  look();
  becomes("p3", "Healthy");
  EXPECT_EQ(look(), "d1 Healthy, p1 Progressing, p2 Healthy, p3 Progressing");
  becomes("p1", "Healthy");
  EXPECT_EQ(look(), "d1 Healthy, p1 Healthy, p2 Healthy, p3 Healthy");
  EXPECT_EQ(message_, "ApplicationSet Rollout has completed");
  commit("r2");
  EXPECT_EQ(look(), "d1 Pending, p1 Waiting, p2 Waiting, p3 Waiting");
  EXPECT_EQ(set_["status"]["applicationStatus"][0]["targetRevisions"], *parse_json(R"(["r2"])"));
  EXPECT_EQ(set_["status"]["applicationStatus"][1]["message"].as_string(), "Application has pending changes, setting status to Waiting");
}

TEST_F(Rolling, a_share_is_rounded_down_but_at_least_one) {
  begin(R"({type: RollingSync, rollingSync: {steps: [{maxUpdate: 10%}]}})");
  EXPECT_EQ(look(), "d1 Pending, p1 Waiting, p2 Waiting, p3 Waiting");
  begin(R"({type: RollingSync, rollingSync: {steps: [{maxUpdate: 50%}]}})");
  EXPECT_EQ(look(), "d1 Pending, p1 Pending, p2 Waiting, p3 Waiting");
  begin(R"({type: RollingSync, rollingSync: {steps: [{maxUpdate: 0}]}})");
  EXPECT_EQ(look(), "d1 Waiting, p1 Waiting, p2 Waiting, p3 Waiting");
}

TEST_F(Rolling, who_is_in_no_step_waits_and_says_so) {
  begin(R"({type: RollingSync, rollingSync: {steps: [{matchExpressions: [{key: env, operator: NotIn, values: [prod]}]}]}})");
  EXPECT_EQ(look(), "d1 Pending, p1 Waiting, p2 Waiting, p3 Waiting");
  EXPECT_EQ(set_["status"]["applicationStatus"][1]["step"].as_string(), "-1");
}

TEST_F(Rolling, what_is_wrong_with_the_steps_is_told) {
  auto fault = [&](std::string_view steps) {
    begin(fmt::format("{{type: RollingSync, rollingSync: {{steps: [{}]}}}}", steps));
    auto there = list();
    return roll_out(set_, there, there, {}, now_).invalid;
  };
  EXPECT_EQ(fault("{}"), "");
  EXPECT_EQ(fault("{matchExpressions: [{key: env, operator: Exists}]}"),
            "Step 1 has invalid matchExpression operators: Exists. Supported Operators are 'In' and 'NotIn'");
  EXPECT_EQ(fault("{matchExpressions: [{key: env, operator: In, values: [dev]}]}, {maxUpdate: 2}"), "Application 'd1' is selected by multiple steps: (1-2)");
  EXPECT_EQ(fault("{maxUpdate: half}"), "Step 1 has an invalid maxUpdate value: half");
  EXPECT_EQ(fault("{}, {matchExpressions: [{key: env, operator: In, values: [moon]}]}"), "Steps [2] have no applications matching their criteria");
}

TEST_F(Rolling, the_set_starts_the_syncs_not_the_policy) {
  begin(kTwoSteps);
  auto wanted = list();
  EXPECT_EQ(hold_back(wanted).size(), 4u);
  EXPECT_EQ(to_json(wanted[0]["spec"]["syncPolicy"]["automated"]), R"({"enabled":false,"prune":true})");
  EXPECT_TRUE(rolls(set_));
  Value operation = rollout_operation(wanted[0], true);
  EXPECT_EQ(operation["initiatedBy"]["username"].as_string(), "applicationset-controller");
  EXPECT_TRUE(operation["sync"]["prune"].as_bool());
  EXPECT_EQ(operation["retry"]["limit"].as_int(), 5);
}

TEST_F(Rolling, deletion_in_reverse_takes_the_last_step_first) {
  begin(R"({type: RollingSync, deletionOrder: reverse, rollingSync: {steps: [
    {matchExpressions: [{key: env, operator: In, values: [dev]}]}, {matchExpressions: [{key: env, operator: In, values: [prod]}]}]}})");
  ASSERT_TRUE(deletes_in_reverse(set_));
  auto there = list();
  EXPECT_EQ(next_removal(set_, there).next->name, "p1");
  there[1].edit("metadata").set("deletionTimestamp", "2026-01-01T00:00:00Z");
  Reverse waiting = next_removal(set_, there);
  EXPECT_TRUE(waiting.left);
  EXPECT_FALSE(waiting.next);
  EXPECT_FALSE(next_removal(set_, {}).left);
}

}  // namespace
}  // namespace taut::argo::appset
