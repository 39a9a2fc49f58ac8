#include "plan/compare.hh"

#include <gtest/gtest.h>

#include "plan/build.hh"
#include "plan/managed_fields.hh"
#include "plan/print.hh"
#include "value/json.hh"

namespace taut::plan {
namespace {

Value json(std::string_view text) {
  auto value = parse_json(text);
  EXPECT_TRUE(value) << text;
  return value.value_or(Value());
}

std::vector<std::string> changes(std::string_view desired, std::string_view live, std::string_view baseline = "null") {
  std::vector<std::string> out;
  Value base = json(baseline);
  for (const auto& c : compare(normalized(json(desired)), json(live), {"taut", base}))
    out.push_back(fmt::format("{}: {} -> {}{}", c.path, to_json(c.before), to_json(c.after),
                              c.owner.empty() ? "" : " by " + c.owner));
  return out;
}

using Lines = std::vector<std::string>;

constexpr std::string_view kManaged = R"([
  {"manager":"taut","operation":"Apply","fieldsV1":{"f:metadata":{"f:labels":{"f:app":{},"f:old":{}}},"f:spec":{
     "f:replicas":{},"f:template":{"f:spec":{"f:containers":{"k:{\"name\":\"web\"}":{".":{},"f:name":{},"f:image":{}}}}}}}},
  {"manager":"kubectl-edit","operation":"Update","fieldsV1":{"f:spec":{"f:paused":{}}}}])";

std::string live_object(std::string_view spec, std::string_view labels = R"({"app":"web"})") {
  return fmt::format(R"({{"apiVersion":"apps/v1","kind":"Deployment","metadata":{{"name":"web","uid":"1",
    "labels":{},"managedFields":{}}},"spec":{},"status":{{"replicas":1}}}})", labels, kManaged, spec);
}

TEST(Compare, what_the_server_adds_is_no_difference) {
  EXPECT_EQ(changes(R"({"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"web","creationTimestamp":null,
      "labels":{"app":"web"}},"spec":{"replicas":2,"strategy":{},"template":{"spec":{"containers":[
      {"name":"web","image":"nginx:1","resources":{}}]}}},"status":{}})",
                    live_object(R"({"replicas":2,"paused":true,"template":{"spec":{"dnsPolicy":"ClusterFirst","containers":[
      {"name":"sidecar","image":"x"},{"name":"web","image":"nginx:1","imagePullPolicy":"Always"}]}}})")),
            Lines{});
}

TEST(Compare, changes_name_the_field_and_who_owns_it) {
  EXPECT_EQ(changes(R"({"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"web"},
      "spec":{"replicas":3,"paused":false,"template":{"spec":{"containers":[{"name":"web","image":"nginx:2"}]}}}})",
                    live_object(R"({"replicas":2,"paused":true,"template":{"spec":{"containers":[
      {"name":"web","image":"nginx:1"}]}}})", "{}")),
            (Lines{".spec.paused: true -> false by kubectl-edit", ".spec.replicas: 2 -> 3 by taut",
                   R"(.spec.template.spec.containers[name=web].image: "nginx:1" -> "nginx:2" by taut)"}));
}

TEST(Compare, what_was_applied_before_and_is_not_wanted_any_more_goes_away) {
  EXPECT_EQ(changes(R"({"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"web","labels":{"app":"web"}},
      "spec":{"replicas":2,"template":{"spec":{"containers":[{"name":"web","image":"nginx:1"}]}}}})",
                    live_object(R"({"replicas":2,"template":{"spec":{"containers":[{"name":"web","image":"nginx:1"}]}}})",
                                R"({"app":"web","old":"x"})")),
            (Lines{R"(.metadata.labels.old: "x" -> null by taut)"}));
}

TEST(Compare, a_null_that_is_asked_for_and_there_is_no_leftover) {
  constexpr const char* kLive = R"({"metadata":{"name":"x","managedFields":[{"manager":"taut","operation":"Apply","apiVersion":"a/v1",
    "fieldsV1":{"f:spec":{}}}]},"spec":null})";
  EXPECT_EQ(changes(R"({"metadata":{"name":"x"},"spec":null})", kLive), Lines{});
}

TEST(Compare, an_item_that_is_missing_in_a_keyed_list_is_one_change) {
  EXPECT_EQ(changes(R"({"kind":"Deployment","metadata":{"name":"web"},"spec":{"template":{"spec":{"containers":[
      {"name":"web","image":"nginx:1"},{"name":"new","image":"n"}]}}}})",
                    live_object(R"({"template":{"spec":{"containers":[{"name":"web","image":"nginx:1"}]}}})", "{}")),
            (Lines{R"(.spec.template.spec.containers[name=new]: null -> {"image":"n","name":"new"})"}));
}

TEST(Compare, lists_that_are_not_keyed_are_compared_as_a_whole) {
  EXPECT_EQ(changes(R"({"kind":"X","spec":{"command":["a","b"]}})", R"({"kind":"X","spec":{"command":["a"]}})"),
            (Lines{R"(.spec.command: ["a"] -> ["a","b"])"}));
  EXPECT_EQ(changes(R"({"kind":"X","spec":{"command":["a","b"]}})", R"({"kind":"X","spec":{"command":["a","c"]}})"),
            (Lines{R"(.spec.command[1]: "c" -> "b")"}));
}

TEST(Compare, the_form_that_the_server_gave_a_value_is_no_difference) {
  constexpr std::string_view want = R"({"kind":"X","spec":{"cpu":"1000m"}})";
  EXPECT_EQ(changes(want, R"({"kind":"X","spec":{"cpu":"1"}})", R"({"kind":"X","spec":{"cpu":"1"}})"), Lines{});
  EXPECT_EQ(changes(want, R"({"kind":"X","spec":{"cpu":"2"}})", R"({"kind":"X","spec":{"cpu":"1"}})"),
            (Lines{R"(.spec.cpu: "2" -> "1000m")"}));
}

TEST(Compare, quantities_are_compared_by_amount) {
  constexpr std::string_view want = R"({"kind":"X","spec":{"resources":{"limits":{"cpu":"1000m","memory":1024}}}})";
  EXPECT_EQ(changes(want, R"({"kind":"X","spec":{"resources":{"limits":{"cpu":"1","memory":"1Ki"}}}})"), Lines{});
  EXPECT_EQ(changes(want, R"({"kind":"X","spec":{"resources":{"limits":{"cpu":"2","memory":"1Ki"}}}})"),
            (Lines{R"(.spec.resources.limits.cpu: "2" -> "1000m")"}));
}

TEST(Compare, secrets_are_compared_decoded_and_shown_masked) {
  EXPECT_EQ(changes(R"({"apiVersion":"v1","kind":"Secret","stringData":{"a":"x"}})",
                    R"({"apiVersion":"v1","kind":"Secret","data":{"a":"eA=="}})"),
            Lines{});
  EXPECT_EQ(changes(R"({"apiVersion":"v1","kind":"Secret","stringData":{"a":"y"}})",
                    R"({"apiVersion":"v1","kind":"Secret","data":{"a":"eA=="}})"),
            (Lines{R"(.data.a: "++++++++" -> "+++++++++")"}));
}

TEST(Ignore, pointers_and_managers_hide_differences) {
  std::vector<IgnoreRule> rules = {{"apps", "Deployment", "", "", {"/spec/replicas", "/spec/none/x"}, {}, {"kubectl-edit"}}};
  Value desired = without_ignored(json(R"({"apiVersion":"apps/v1","kind":"Deployment","spec":{"replicas":3,"paused":false}})"), rules);
  Value live = without_ignored(json(live_object(R"({"replicas":2,"paused":true})", "{}")), rules);
  EXPECT_FALSE(live["spec"].contains("replicas"));
  auto found = compare(desired, live, {"taut", nullptr});
  ASSERT_EQ(found.size(), 1u);
  drop_ignored(found, desired, rules);
  EXPECT_TRUE(found.empty());
}

TEST(Build, a_plan_says_what_happens_in_order) {
  std::vector<Pair> pairs;
  pairs.push_back({json(R"({"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"new","namespace":"d"}})"), nullptr});
  pairs.push_back({nullptr, json(R"({"apiVersion":"v1","kind":"Service","metadata":{"name":"old","namespace":"d"}})")});
  pairs.push_back({json(R"({"apiVersion":"v1","kind":"Secret","metadata":{"name":"s","namespace":"d"},"data":{"k":"eA=="}})"),
                   json(R"({"apiVersion":"v1","kind":"Secret","metadata":{"name":"s","namespace":"d"},"data":{"k":"eQ=="}})")});
  pairs.push_back({json(R"({"apiVersion":"batch/v1","kind":"Job","metadata":{"generateName":"migrate-","namespace":"d",
      "annotations":{"argocd.argoproj.io/hook":"PreSync"}}})"), nullptr});
  BuildOptions options;
  options.hook_prefix = "abcdef0";
  options.hook_suffix = "17";
  options.compare = [](const Value& desired, const Value& live) { return compare(desired, live, {"taut", nullptr}); };
  Plan plan = build(pairs, options);
  EXPECT_EQ(to_text(plan),
            "> hook Job.batch d/migrate-abcdef0-presync-17 [PreSync]\n"
            "~ change Secret d/s\n"
            "    ~ .data.k: \"++++++++\" -> \"+++++++++\"\n"
            "+ create ConfigMap d/new\n"
            "- prune Service d/old\n"
            "1 to create, 1 to change, 1 to prune, 1 hooks\n");
  EXPECT_EQ(plan.changes(), 4u);
  EXPECT_TRUE(plan.multi_step());
  Plan same = build(pairs, options);
  EXPECT_EQ(plan.digest(), same.digest());
}

TEST(Ignore, jq_expressions_and_globs_name_what_is_not_compared) {
  std::vector<IgnoreRule> rules = {{"*.example.com", "Wid*", "", "", {}, {}, {}}};
  rules[0].jq_expressions = {*jq::PathExpression::compile(".spec.items[] | select(.auto)"), *jq::PathExpression::compile(".spec.none[]")};
  Value widget = json(R"({"apiVersion":"shop.example.com/v1","kind":"Widget","spec":{"items":[{"auto":true},{"n":1}]}})");
  EXPECT_EQ(without_ignored(widget, rules)["spec"], json(R"({"items":[{"n":1}]})"));
  Value other = json(R"({"apiVersion":"shop.example.com/v1","kind":"Gadget","spec":{"items":[{"auto":true}]}})");
  EXPECT_EQ(without_ignored(other, rules), other);
}

TEST(Compare, what_kubectl_applied_and_nobody_wants_any_more_goes) {
  Value live = *parse_json(R"({"apiVersion":"v1","kind":"ConfigMap",
    "metadata":{"name":"a","namespace":"n","annotations":{"kubectl.kubernetes.io/last-applied-configuration":
      "{\"apiVersion\":\"v1\",\"kind\":\"ConfigMap\",\"metadata\":{\"annotations\":{},\"name\":\"a\",\"namespace\":\"n\",\"labels\":{\"old\":\"1\"}},\"data\":{\"a\":\"1\",\"b\":\"2\",\"c\":\"3\"}}"},
      "labels":{"old":"1","other":"2"},
      "managedFields":[{"manager":"kubectl-client-side-apply","operation":"Update","fieldsV1":{"f:data":{"f:a":{},"f:b":{}},"f:metadata":{"f:labels":{"f:old":{}}}}},
                       {"manager":"somebody","operation":"Update","fieldsV1":{"f:data":{"f:c":{}},"f:metadata":{"f:labels":{"f:other":{}}}}}]},
    "data":{"a":"1","b":"2","c":"3"}})");
  Value desired = *parse_json(R"({"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"a","namespace":"n"},"data":{"a":"1"}})");
  std::vector<std::string> paths;
  for (const FieldChange& change : compare(desired, live, {.manager = "argocd-controller", .baseline = {}})) {
    EXPECT_TRUE(change.after.is_null());
    paths.push_back(change.path);
  }
  EXPECT_EQ(paths, (std::vector<std::string>{".data.b", ".metadata.labels.old"}));
  Value handed = without_client_side(live, "argocd-controller");
  ASSERT_EQ(handed.size(), 2u);
  EXPECT_EQ(to_json(handed[1]), R"({"fieldsV1":{"f:data":{"f:a":{},"f:b":{}},"f:metadata":{"f:labels":{"f:old":{}}}},"manager":"argocd-controller","operation":"Apply"})");
}

}  // namespace
}  // namespace taut::plan
