#include "health/customizations.hh"

#include <gtest/gtest.h>

#include "value/json.hh"

namespace taut {
namespace {

Value widget(std::string_view status = "{}") {
  return *parse_json(fmt::format(R"({{"apiVersion":"example.com/v1","kind":"Widget","spec":{{"size":1,"opts":{{}}}},"status":{}}})", status));
}

std::string judged(const Customizations& checks, const Value& object) {
  auto said = checks.judge(object, Time{});
  if (!said) return "no script";
  if (!said->health) return "nothing";
  return fmt::format("{}: {}", health_name(said->health->state), said->health->message);
}

TEST(Customizations, the_nearest_script_is_taken) {
  Customizations checks;
  EXPECT_EQ(judged(checks, widget()), "no script");
  checks.add_file("_.com/_/health.lua", "return {status='Healthy', message='wildcard'}");
  EXPECT_EQ(judged(checks, widget()), "Healthy: wildcard");
  checks.add_file("example.com/Widget/health.lua", "return {status='Healthy', message='exact'}");
  EXPECT_EQ(judged(checks, widget()), "Healthy: exact");
  ASSERT_TRUE(checks.add_override("example.*/*", *parse_json(R"({"health.lua":"return {status='Degraded', message='glob'}"})")));
  EXPECT_EQ(judged(checks, widget()), "Degraded: glob");
  ASSERT_TRUE(checks.add_override("example.com/Widget", *parse_json(R"({"health.lua":"return {status=obj.status.phase}"})")));
  EXPECT_EQ(judged(checks, widget(R"({"phase":"Suspended"})")), "Suspended: ");
}

TEST(Customizations, what_scripts_may_say) {
  auto say = [](std::string_view script) {
    Customizations checks;
    checks.add_file("example.com/Widget/health.lua", std::string(script));
    return judged(checks, widget());
  };
  EXPECT_EQ(say("return {}"), "nothing");
  EXPECT_EQ(say("return nil"), "nothing");
  EXPECT_EQ(say("return {status='Fine'}"), "Unknown: Lua returned an invalid health status");
  EXPECT_EQ(say("return 'Healthy'"), "Unknown: expect table output from Lua script, not string");
  EXPECT_EQ(say("return {status='Healthy', message=3}"),
            "Unknown: json: cannot unmarshal number into Go struct field HealthStatus.message of type string");
  EXPECT_EQ(say("return obj.none.x"), "Unknown: <string>:1: attempt to index field 'none' (a nil value)");
}

TEST(Customizations, actions_come_from_overrides_and_files) {
  Customizations checks;
  checks.add_file("example.com/Widget/actions/discovery.lua", "return {grow = {params = {{name = 'by'}}}, shrink = {disabled = true}}");
  checks.add_file("example.com/Widget/actions/grow/action.lua",
                  "obj.spec.size = obj.spec.size + tonumber(actionParams['by']) return obj");
  ASSERT_TRUE(checks.add_override("example.com/Widget", *parse_json(R"({"actions":
    "mergeBuiltinActions: true\ndiscovery.lua: |\n  return {reset = {}}\ndefinitions:\n- name: reset\n  action.lua: |\n    return {{operation = 'create', resource = {kind = 'Reset'}}}\n"})")));
  auto actions = checks.actions(widget(), Time{});
  ASSERT_TRUE(actions);
  ASSERT_EQ(actions->size(), 3u);
  auto grown = checks.act(widget(), "grow", *parse_json(R"({"by":"4"})"), Time{});
  ASSERT_TRUE(grown);
  EXPECT_EQ(to_json((*grown)[0].object["spec"]), R"({"opts":{},"size":5})");
  auto reset = checks.act(widget(), "reset", Value(), Time{});
  ASSERT_TRUE(reset);
  EXPECT_EQ((*reset)[0].operation, Impact::Operation::kCreate);
  EXPECT_EQ(checks.act(widget(), "paint", Value(), Time{}).error().message(), "built-in script does not exist");
}

}  // namespace
}  // namespace taut
