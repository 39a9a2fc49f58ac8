// The API without sockets: requests in, answers out.
#include "sandbox/api.hh"

#include <gtest/gtest.h>

#include "sandbox/seed.hh"
#include "value/json.hh"

namespace taut::sandbox {
namespace {

class ApiTest : public ::testing::Test {
 protected:
  ApiTest() : cluster_(1000), api_(cluster_, "secret") { seed(cluster_, api_.writer()); }

  Response call(std::string method, std::string target, std::string body = "", std::string type = "application/json") {
    Request request;
    request.method = std::move(method);
    size_t question = target.find('?');
    request.path = target.substr(0, question);
    if (question != std::string::npos) request.query = target.substr(question + 1);
    request.headers = {{"Authorization", "Bearer secret"}, {"Content-Type", type}, {"User-Agent", "tester/1"}};
    request.body = std::move(body);
    return api_.handle(request);
  }
  Value json(const Response& response) { return parse_json(response.text()).value_or(Value()); }

  void create_map(const std::string& name, const std::string& labels = "{}") {
    Response r = call("POST", "/api/v1/namespaces/default/configmaps",
                      R"({"metadata":{"name":")" + name + R"(","labels":)" + labels + R"(},"data":{"a":"1"}})");
    ASSERT_EQ(r.code, 201) << r.text();
  }

  Cluster cluster_;
  Api api_;
};

std::string header_of(const Response& response, std::string_view name) {
  for (const auto& [key, value] : response.headers)
    if (key == name) return value;
  return "";
}

TEST_F(ApiTest, answers_name_the_flow_schema_that_took_the_request) {
  const Response answer = call("GET", "/api/v1/namespaces/default");
  const Value schema = json(call("GET", "/apis/flowcontrol.apiserver.k8s.io/v1/flowschemas/exempt"));
  const Value level = json(call("GET", "/apis/flowcontrol.apiserver.k8s.io/v1/prioritylevelconfigurations/exempt"));
  EXPECT_FALSE(schema["metadata"]["uid"].empty());
  EXPECT_EQ(header_of(answer, "X-Kubernetes-Pf-Flowschema-Uid"), schema["metadata"]["uid"].as_string());
  EXPECT_EQ(header_of(answer, "X-Kubernetes-Pf-Prioritylevel-Uid"), level["metadata"]["uid"].as_string());
}

TEST_F(ApiTest, swagger_has_all_kinds_in_one_document) {
  const Value swagger = json(call("GET", "/openapi/v2"));
  const Value& spec = swagger["definitions"]["io.k8s.api.apps.v1.Deployment"]["properties"]["spec"];
  EXPECT_EQ(spec["$ref"].as_string(), "#/definitions/io.k8s.api.apps.v1.DeploymentSpec");
  EXPECT_EQ(swagger["definitions"]["io.k8s.apimachinery.pkg.api.resource.Quantity"]["type"].as_string(), "string");
}

TEST_F(ApiTest, a_new_cluster_has_the_service_of_its_own_api) {
  const Value service = json(call("GET", "/api/v1/namespaces/default/services/kubernetes"));
  EXPECT_EQ(service["spec"]["clusterIPs"][0].as_string(), "10.96.0.1");
  EXPECT_EQ(service["spec"]["internalTrafficPolicy"].as_string(), "Cluster");
}

TEST_F(ApiTest, creates_what_can_be_read_back) {
  create_map("one");
  Response got = call("GET", "/api/v1/namespaces/default/configmaps/one");
  EXPECT_EQ(got.code, 200);
  Value object = json(got);
  EXPECT_EQ(object["data"]["a"].as_string(), "1");
  EXPECT_EQ(object["metadata"]["managedFields"][0]["manager"].as_string(), "tester");
  EXPECT_FALSE(object["metadata"]["uid"].empty());
}

TEST_F(ApiTest, refuses_a_wrong_token) {
  Request request;
  request.method = "GET";
  request.path = "/api/v1/namespaces";
  request.headers = {{"Authorization", "Bearer wrong"}};
  EXPECT_EQ(api_.handle(request).code, 401);
}

TEST_F(ApiTest, refuses_a_body_that_is_too_large_in_the_servers_words) {
  Request request;
  request.method = "POST";
  request.path = "/api/v1/namespaces/default/configmaps";
  request.headers = {{"Authorization", "Bearer secret"}};
  request.too_large = true;
  Response refused = api_.handle(request);
  EXPECT_EQ(refused.code, 413);
  EXPECT_EQ(json(refused)["message"].as_string(), "Request entity too large: limit is 3145728");
  EXPECT_EQ(json(refused)["reason"].as_string(), "RequestEntityTooLarge");
}

TEST_F(ApiTest, refuses_users_that_ask_too_often_and_watches_above_the_limit) {
  Api limited(cluster_, "secret", {.requests_per_second = 5, .watches = 1});
  Request anonymous;
  anonymous.method = "GET";
  anonymous.path = "/version";
  int refused = 0;
  for (int i = 0; i < 30; ++i) {
    Response answer = limited.handle(anonymous);
    if (answer.code != 429) continue;
    ++refused;
    EXPECT_EQ(answer.text(), "Too many requests, please try again later.\n");
  }
  EXPECT_GE(refused, 15);
  Request watch;
  watch.method = "GET";
  watch.path = "/api/v1/pods";
  watch.query = "watch=1";
  watch.headers = {{"Authorization", "Bearer secret"}};
  Response first = limited.handle(watch);
  EXPECT_EQ(first.code, 200);
  EXPECT_EQ(limited.handle(watch).code, 429);
  first = {};
  EXPECT_EQ(limited.handle(watch).code, 200);
}

TEST_F(ApiTest, rbac_allows_what_is_bound_and_no_more) {
  auto as = [&](std::string user, std::string path) {
    Request request;
    request.method = "GET";
    request.path = std::move(path);
    request.headers = {{"Authorization", "Bearer secret"}, {"Impersonate-User", std::move(user)}};
    return api_.handle(request);
  };
  EXPECT_EQ(as("jane", "/api/v1/namespaces/default/configmaps").code, 403);
  EXPECT_EQ(as("jane", "/apis").code, 200);
  EXPECT_EQ(call("POST", "/apis/rbac.authorization.k8s.io/v1/namespaces/default/rolebindings", R"({"metadata":{"name":"b"},
    "roleRef":{"apiGroup":"rbac.authorization.k8s.io","kind":"ClusterRole","name":"view"},
    "subjects":[{"kind":"User","name":"jane","apiGroup":"rbac.authorization.k8s.io"}]})").code, 201);
  EXPECT_EQ(as("jane", "/api/v1/namespaces/default/configmaps").code, 200);
  EXPECT_EQ(as("jane", "/api/v1/namespaces/default/secrets").code, 403);
  EXPECT_EQ(as("jane", "/api/v1/configmaps").code, 403);
}

TEST_F(ApiTest, strict_validation_refuses_what_the_kind_does_not_have) {
  Response r = call("POST", "/api/v1/namespaces/default/configmaps?fieldValidation=Strict", R"({"metadata":{"name":"x"},"dta":{}})");
  EXPECT_EQ(r.code, 400);
  EXPECT_EQ(json(r)["message"].as_string(),
            "ConfigMap in version \"v1\" cannot be handled as a ConfigMap: strict decoding error: unknown field \"dta\"");
}

TEST_F(ApiTest, lists_of_built_in_kinds_leave_out_the_type_of_items) {
  create_map("one");
  Value list = json(call("GET", "/api/v1/namespaces/default/configmaps"));
  ASSERT_EQ(list["items"].size(), 1u);
  EXPECT_FALSE(list["items"][0].contains("kind"));
  EXPECT_FALSE(list["items"][0].contains("apiVersion"));
  EXPECT_EQ(list["items"][0]["data"]["a"].as_string(), "1");
}

TEST_F(ApiTest, says_that_an_object_is_there_already) {
  create_map("one");
  Response again = call("POST", "/api/v1/namespaces/default/configmaps", R"({"metadata":{"name":"one"}})");
  EXPECT_EQ(again.code, 409);
  EXPECT_EQ(json(again)["message"].as_string(), "configmaps \"one\" already exists");
}

TEST_F(ApiTest, keeps_a_list_consistent_over_pages) {
  for (const char* name : {"a", "b", "c"}) create_map(name);
  Value first = json(call("GET", "/api/v1/namespaces/default/configmaps?limit=2"));
  EXPECT_EQ(first["items"].size(), 2u);
  EXPECT_EQ(first["metadata"]["remainingItemCount"].as_int(), 1);
  create_map("bb");
  std::string token;
  for (char c : first["metadata"]["continue"].as_string()) token += c == '=' ? std::string("%3D") : c == '+' ? std::string("%2B") : std::string(1, c);
  Value rest = json(call("GET", "/api/v1/namespaces/default/configmaps?limit=10&continue=" + token));
  ASSERT_EQ(rest["items"].size(), 1u);
  EXPECT_EQ(name_of(rest["items"][0]), "c");
}

TEST_F(ApiTest, a_no_op_writes_nothing) {
  create_map("one");
  uint64_t before = cluster_.store.revision();
  Response r = call("PATCH", "/api/v1/namespaces/default/configmaps/one", R"({"data":{"a":"1"}})", "application/merge-patch+json");
  EXPECT_EQ(r.code, 200);
  EXPECT_EQ(cluster_.store.revision(), before);
}

TEST_F(ApiTest, watches_from_a_revision_and_filters_by_label) {
  create_map("old", R"({"app":"x"})");
  std::string revision = std::to_string(cluster_.store.revision());
  Response watch = call("GET", "/api/v1/namespaces/default/configmaps?watch=1&labelSelector=app%3Dx&resourceVersion=" + revision);
  ASSERT_NE(watch.stream, nullptr);
  create_map("other", R"({"app":"y"})");
  create_map("mine", R"({"app":"x"})");
  call("PATCH", "/api/v1/namespaces/default/configmaps/mine", R"({"metadata":{"labels":{"app":"y"}}})", "application/merge-patch+json");
  std::string text;
  EXPECT_EQ(watch.stream->read(text), Stream::State::kMore);
  std::vector<std::string> types;
  for (size_t at = text.find("\"type\":\""); at != std::string::npos; at = text.find("\"type\":\"", at + 1))
    types.push_back(text.substr(at + 8, text.find('"', at + 8) - at - 8));
  EXPECT_EQ(types, (std::vector<std::string>{"ADDED", "DELETED"}));
}

TEST_F(ApiTest, a_watch_from_a_forgotten_revision_says_so) {
  create_map("one");
  cluster_.store.compact();
  Response watch = call("GET", "/api/v1/configmaps?watch=1&resourceVersion=1");
  std::string text;
  EXPECT_EQ(watch.stream->read(text), Stream::State::kEnd);
  EXPECT_NE(text.find("\"code\":410"), std::string::npos);
}

TEST_F(ApiTest, a_conflict_names_the_owner) {
  std::string path = "/api/v1/namespaces/default/configmaps/one";
  std::string body = R"({"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"one"},"data":{"a":"VALUE"}})";
  auto with = [&](std::string value) { std::string out = body; return out.replace(out.find("VALUE"), 5, value); };
  EXPECT_EQ(call("PATCH", path + "?fieldManager=a", with("1"), "application/apply-patch+yaml").code, 201);
  Response conflict = call("PATCH", path + "?fieldManager=b", with("2"), "application/apply-patch+yaml");
  EXPECT_EQ(conflict.code, 409);
  EXPECT_EQ(json(conflict)["message"].as_string(), "Apply failed with 1 conflict: conflict with \"a\": .data.a");
}

TEST_F(ApiTest, a_definition_is_served_at_once) {
  Response made = call("POST", "/apis/apiextensions.k8s.io/v1/customresourcedefinitions", R"({
    "apiVersion":"apiextensions.k8s.io/v1","kind":"CustomResourceDefinition","metadata":{"name":"things.x.dev"},
    "spec":{"group":"x.dev","scope":"Namespaced","names":{"plural":"things","singular":"thing","kind":"Thing","listKind":"ThingList"},
    "versions":[{"name":"v1","served":true,"storage":true,"schema":{"openAPIV3Schema":{"type":"object","properties":{
      "spec":{"type":"object","properties":{"n":{"type":"integer","default":3}}}}}}}]}})");
  ASSERT_EQ(made.code, 201) << made.text();
  Response thing = call("POST", "/apis/x.dev/v1/namespaces/default/things",
                        R"({"apiVersion":"x.dev/v1","kind":"Thing","metadata":{"name":"t"},"spec":{"extra":1}})");
  ASSERT_EQ(thing.code, 201) << thing.text();
  EXPECT_EQ(json(thing)["spec"], Value::map({{"n", 3}}));
}

}  // namespace
}  // namespace taut::sandbox
