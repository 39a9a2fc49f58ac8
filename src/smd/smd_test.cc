#include "smd/smd.hh"

#include <gtest/gtest.h>

#include "value/json.hh"

namespace taut::smd {
namespace {

Value json(std::string_view text) {
  auto parsed = parse_json(text);
  EXPECT_TRUE(parsed) << text;
  return parsed ? *parsed : Value();
}

const Time kNow = *parse_rfc3339("2026-11-23T03:27:00Z");

Value apply_ok(const Value& live, const Value& config, const std::string& manager, bool force = false) {
  auto out = predict(live, config, manager, force, kNow);
  EXPECT_TRUE(out) << out.error().message;
  return out ? *out : Value();
}

Value config_map(std::string_view data) {
  Value out = json(R"({"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"c"}})");
  out.set("data", json(data));
  return out;
}

std::string owners(const Value& object) {
  std::string out;
  for (const Value& e : object["metadata"]["managedFields"].items())
    out += e["manager"].str() + " " + e["operation"].str() + " " + to_json(e["fieldsV1"]) + "\n";
  return out;
}

TEST(Apply, owns_what_it_sends_and_never_names) {
  Value out = apply_ok(Value(), config_map(R"({"a":"1"})"), "m");
  EXPECT_EQ(owners(out), "m Apply {\"f:data\":{\"f:a\":{}}}\n");
  EXPECT_EQ(out["metadata"]["managedFields"][0]["time"].as_string(), "2026-11-23T03:27:00Z");
}

TEST(Apply, removes_what_is_no_longer_sent) {
  Value live = apply_ok(Value(), config_map(R"({"a":"1","b":"2"})"), "m");
  live = apply_ok(live, config_map(R"({"b":"2"})"), "m");
  EXPECT_EQ(to_json(live["data"]), R"({"b":"2"})");
}

TEST(Apply, keeps_what_another_manager_still_claims) {
  Value live = apply_ok(Value(), config_map(R"({"a":"1"})"), "m");
  live = apply_ok(live, config_map(R"({"a":"1","b":"2"})"), "n");
  live = apply_ok(live, config_map(R"({"c":"3"})"), "m");
  EXPECT_EQ(to_json(live["data"]), R"({"a":"1","b":"2","c":"3"})");
}

TEST(Apply, conflicts_name_the_manager_and_the_field) {
  Value live = apply_ok(Value(), config_map(R"({"a":"1"})"), "m");
  auto refused = predict(live, config_map(R"({"a":"2"})"), "n", false, kNow);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, 409);
  EXPECT_EQ(refused.error().message, "Apply failed with 1 conflict: conflict with \"m\": .data.a");
  Value forced = apply_ok(live, config_map(R"({"a":"2"})"), "n", true);
  EXPECT_EQ(owners(forced), "n Apply {\"f:data\":{\"f:a\":{}}}\n");
}

TEST(Apply, unknown_field_is_refused_in_the_servers_words) {
  Value bad = config_map("{}");
  bad.set("bogus", 1);
  auto refused = predict(Value(), bad, "m", false, kNow);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, 500);
  EXPECT_EQ(refused.error().message,
            "failed to create typed patch object (/c; /v1, Kind=ConfigMap): .bogus: field not declared in schema");
}

TEST(Apply, over_an_object_that_does_not_fit_the_type_says_where) {
  Value live = json(R"({"apiVersion":"v1","kind":"ServiceAccount","metadata":{"name":"s","namespace":"n","uid":"u"},
                        "secrets":[{}]})");
  Value config = json(R"({"apiVersion":"v1","kind":"ServiceAccount","metadata":{"name":"s"}})");
  auto refused = predict(live, config, "m", false, kNow);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().message,
            "failed to create manager for existing fields: failed to convert new object (n/s; /v1, Kind=ServiceAccount) to "
            "smd typed: .secrets: element 0: associative list with keys has an element that omits all key fields [\"name\"] "
            "(and doesn't have default values for any key fields)");
}

TEST(Update, a_create_owns_parents_of_maps_that_it_made) {
  auto kind = builtin_kind("v1", "ConfigMap", "");
  ASSERT_TRUE(kind);
  Value out = update(*kind, Value(), {config_map(R"({"a":"1"})"), "kubectl", "", kNow});
  EXPECT_EQ(owners(out), "kubectl Update {\"f:data\":{\".\":{},\"f:a\":{}}}\n");
}

TEST(Update, that_changes_nothing_leaves_no_trace) {
  auto kind = builtin_kind("v1", "ConfigMap", "");
  Value live = apply_ok(Value(), config_map(R"({"a":"1"})"), "m");
  Value out = update(*kind, live, {live, "other", "", kNow});
  EXPECT_EQ(owners(out), "m Apply {\"f:data\":{\"f:a\":{}}}\n");
}

}  // namespace
}  // namespace taut::smd
