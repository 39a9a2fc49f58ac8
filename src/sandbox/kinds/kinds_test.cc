// The rules of the kinds, each as a case that a user could have met.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "sandbox/kinds/shapes.hh"
#include "sandbox/kinds/strategy.hh"
#include "value/json.hh"

namespace taut::sandbox::kinds {
namespace {

Value json(std::string_view text) { return *parse_json(text); }

Value deployment(std::string_view extra = "") {
  return json(fmt::format(R"({{"apiVersion":"apps/v1","kind":"Deployment","metadata":{{"name":"d"}},"spec":{{"selector":{{"matchLabels":{{"app":"x"}}}},
      "template":{{"metadata":{{"labels":{{"app":"x"}}}},"spec":{{"containers":[{{"name":"app","image":"img:1"}}]}}}}{}}}}})", extra));
}

Value defaulted(Value object) {
  apply_defaults(Gvk::of(object), object);
  return object;
}

std::string first_problem(const Value& object) {
  auto problems = validate_create(Gvk::of(object), object);
  return problems.empty() ? "" : problems[0].field + ": " + problems[0].message;
}

TEST(Decode, drops_zero_values_but_not_pointers_to_them) {
  const Value pod = json(R"({"apiVersion":"v1","kind":"Pod","metadata":{"name":"p"},
      "spec":{"hostNetwork":false,"enableServiceLinks":false,"containers":[{"name":"a","image":"i","bogus":1}]}})");
  DecodeNotes notes;
  const Value decoded = *decode(*shape_of(Gvk::of(pod)), pod, &notes);
  EXPECT_FALSE(decoded["spec"].contains("hostNetwork"));
  EXPECT_TRUE(decoded["spec"].contains("enableServiceLinks"));
  EXPECT_TRUE(decoded["spec"]["containers"][0].contains("resources"));
  EXPECT_EQ(notes.unknown, std::vector<std::string>{"spec.containers[0].bogus"});
}

TEST(Decode, refuses_in_the_words_of_encoding_json) {
  Value object = deployment();
  object.edit("spec").set("replicas", "two");
  auto decoded = decode(*shape_of(Gvk::of(object)), object, nullptr);
  ASSERT_FALSE(decoded);
  EXPECT_EQ(decoded.error().message(), "json: cannot unmarshal string into Go struct field DeploymentSpec.spec.replicas of type int32");
}

TEST(Decode, brings_quantities_and_times_to_canonical_form) {
  const Value claim = json(R"({"apiVersion":"v1","kind":"PersistentVolumeClaim","metadata":{"name":"c","creationTimestamp":"2026-01-01T02:00:00+02:00"},
      "spec":{"resources":{"requests":{"storage":"1024Mi"}}}})");
  const Value decoded = *decode(*shape_of(Gvk::of(claim)), claim, nullptr);
  EXPECT_EQ(decoded["spec"]["resources"]["requests"]["storage"], Value("1Gi"));
  EXPECT_EQ(decoded["metadata"]["creationTimestamp"], Value("2026-01-01T00:00:00Z"));
}

TEST(Defaults, are_idempotent_and_reach_into_templates) {
  const Value once = defaulted(deployment());
  EXPECT_EQ(once["spec"]["strategy"]["rollingUpdate"]["maxSurge"], Value("25%"));
  EXPECT_EQ(once["spec"]["template"]["spec"]["containers"][0]["imagePullPolicy"], Value("IfNotPresent"));
  EXPECT_EQ(defaulted(once), once);
}

TEST(Defaults, move_string_data_into_data) {
  const Value secret = defaulted(json(R"({"apiVersion":"v1","kind":"Secret","metadata":{"name":"s"},"data":{"a":"YQ=="},"stringData":{"b":"b"}})"));
  EXPECT_EQ(secret["data"], json(R"({"a":"YQ==","b":"Yg=="})"));
  EXPECT_FALSE(secret.contains("stringData"));
}

TEST(Prepare, counts_generations_by_spec_and_for_deployments_by_annotations_too) {
  Value old = defaulted(deployment());
  prepare_create(Gvk::of(old), old);
  EXPECT_EQ(old["metadata"]["generation"].as_int(), 1);
  Value labelled = old;
  labelled.edit("metadata").edit("labels").set("l", "1");
  prepare_update(Gvk::of(old), labelled, old, "");
  EXPECT_EQ(labelled["metadata"]["generation"].as_int(), 1);
  Value annotated = old;
  annotated.edit("metadata").edit("annotations").set("a", "1");
  prepare_update(Gvk::of(old), annotated, old, "");
  EXPECT_EQ(annotated["metadata"]["generation"].as_int(), 2);
}

TEST(Prepare, keeps_status_from_the_main_resource_and_spec_from_status) {
  Value old = defaulted(deployment());
  prepare_create(Gvk::of(old), old);
  Value fresh = old;
  fresh.edit("spec").set("replicas", 5);
  fresh.edit("status").set("replicas", 5);
  Value main = fresh, status = fresh;
  prepare_update(Gvk::of(old), main, old, "");
  EXPECT_TRUE(main["status"].empty());
  EXPECT_EQ(main["spec"]["replicas"].as_int(), 5);
  prepare_update(Gvk::of(old), status, old, "status");
  EXPECT_EQ(status["status"]["replicas"].as_int(), 5);
  EXPECT_EQ(status["spec"]["replicas"].as_int(), 1);
}

TEST(Prepare, gives_back_a_service_s_addresses_that_an_update_left_out) {
  const Value old = defaulted(json(R"({"apiVersion":"v1","kind":"Service","metadata":{"name":"s"},
      "spec":{"type":"NodePort","clusterIP":"10.96.0.7","clusterIPs":["10.96.0.7"],"ports":[{"port":80,"nodePort":30007}]}})"));
  Value fresh = defaulted(json(R"({"apiVersion":"v1","kind":"Service","metadata":{"name":"s"},"spec":{"type":"NodePort","ports":[{"port":80}]}})"));
  prepare_update(Gvk::of(old), fresh, old, "");
  EXPECT_EQ(fresh["spec"]["clusterIP"], Value("10.96.0.7"));
  EXPECT_EQ(fresh["spec"]["ports"][0]["nodePort"].as_int(), 30007);
  EXPECT_TRUE(validate_update(Gvk::of(old), fresh, old, "").empty());
}

TEST(Validate, names_field_and_reason) {
  EXPECT_EQ(first_problem(defaulted(deployment())), "");
  EXPECT_EQ(first_problem(defaulted(deployment(R"(,"replicas":-1)"))), "spec.replicas: Invalid value: -1: must be greater than or equal to 0");
  EXPECT_EQ(first_problem(defaulted(json(R"({"apiVersion":"v1","kind":"Service","metadata":{"name":"s"},"spec":{}})"))), "spec.ports: Required value");
}

TEST(Validate, refuses_a_new_selector) {
  const Value old = defaulted(deployment());
  Value fresh = old;
  fresh.edit("spec").edit("selector").edit("matchLabels").set("app", "y");
  auto problems = validate_update(Gvk::of(old), fresh, old, "");
  ASSERT_EQ(problems.size(), 2u);
  EXPECT_EQ(problems[1].message, "Invalid value: {\"matchLabels\":{\"app\":\"y\"}}: field is immutable");
}

TEST(Validate, lets_a_suspended_job_be_placed_elsewhere_but_not_changed) {
  Value old = json(R"({"apiVersion":"batch/v1","kind":"Job","metadata":{"name":"j","uid":"u"},
      "spec":{"suspend":true,"template":{"spec":{"restartPolicy":"Never","containers":[{"name":"a","image":"i"}]}}}})");
  apply_defaults(Gvk::of(old), old);
  prepare_create(Gvk::of(old), old);
  Value placed = old, changed = old;
  placed.edit("spec").edit("template").edit("spec").set("nodeSelector", json(R"({"zone":"a"})"));
  Value container = old["spec"]["template"]["spec"]["containers"][0];
  container.set("image", "other");
  changed.edit("spec").edit("template").edit("spec").set("containers", Value::list({container}));
  EXPECT_TRUE(validate_update(Gvk::of(old), placed, old, "").empty());
  ASSERT_FALSE(validate_update(Gvk::of(old), changed, old, "").empty());
}

TEST(Names, are_judged_by_kind) {
  EXPECT_TRUE(name_errors({"", "v1", "ConfigMap"}, "a.b", false).empty());
  EXPECT_EQ(name_errors({"", "v1", "Namespace"}, "a.b", false), std::vector<std::string>{"must not contain dots"});
  EXPECT_TRUE(name_errors({"rbac.authorization.k8s.io", "v1", "ClusterRole"}, "system:x", false).empty());
  EXPECT_TRUE(name_errors({"", "v1", "Pod"}, "web-", true).empty());
  EXPECT_FALSE(name_errors({"", "v1", "Pod"}, "web-", false).empty());
}

TEST(Tables, show_a_pod_by_what_its_containers_do) {
  const Value pod = json(R"({"apiVersion":"v1","kind":"Pod","metadata":{"name":"p","creationTimestamp":"2026-01-01T00:00:00Z"},
      "spec":{"containers":[{"name":"a"}]},"status":{"phase":"Running","containerStatuses":[{"name":"a","ready":false,"restartCount":3,
      "state":{"waiting":{"reason":"CrashLoopBackOff"}},"lastState":{"terminated":{"finishedAt":"2026-01-01T00:01:00Z"}}}]}})");
  const auto row = table_row(Gvk::of(pod), pod, *parse_rfc3339("2026-01-01T00:02:30Z"));
  EXPECT_EQ(row[1], Value("0/1"));
  EXPECT_EQ(row[2], Value("CrashLoopBackOff"));
  EXPECT_EQ(row[3], Value("3 (90s ago)"));
  EXPECT_EQ(row[4], Value("2m30s"));
}

TEST(Tables, have_as_many_cells_as_columns) {
  for (const char* type : {"v1/Pod", "v1/Service", "v1/Event", "v1/Node", "apps/v1/Deployment", "batch/v1/CronJob", "storage.k8s.io/v1/CSIDriver",
                           "rbac.authorization.k8s.io/v1/Role", "example.com/v1/Thing"}) {
    std::string_view text(type);
    const size_t slash = text.rfind('/');
    const Gvk gvk = Gvk::parse(text.substr(0, slash), text.substr(slash + 1));
    EXPECT_EQ(table_columns(gvk).size(), table_row(gvk, Value::map(), Time()).size()) << type;
  }
}

TEST(Warnings, tell_of_deprecated_kinds_and_hidden_variables) {
  EXPECT_EQ(warnings({"", "v1", "Endpoints"}, json(R"({"metadata":{"name":"e"}})"), nullptr).size(), 1u);
  Value object = deployment();
  Value container = object["spec"]["template"]["spec"]["containers"][0];
  container.set("env", json(R"([{"name":"A","value":"1"},{"name":"A","value":"2"}])"));
  object.edit("spec").edit("template").edit("spec").set("containers", Value::list({container}));
  EXPECT_EQ(warnings(Gvk::of(object), object, nullptr),
            std::vector<std::string>{"spec.template.spec.containers[0].env[1]: hides previous definition of \"A\", which may be dropped when using apply"});
}

}  // namespace
}  // namespace taut::sandbox::kinds
