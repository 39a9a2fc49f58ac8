#include "sandbox/import.hh"

#include <gtest/gtest.h>

#include <filesystem>

#include "sandbox/server.hh"
#include "value/json.hh"

namespace taut::sandbox {
namespace {

const Gvk kConfigMap{"", "v1", "ConfigMap"}, kSecret{"", "v1", "Secret"}, kNamespace{"", "v1", "Namespace"}, kPod{"", "v1", "Pod"};

Value json(std::string_view text) {
  auto parsed = parse_json(text);
  EXPECT_TRUE(parsed) << text;
  return parsed.value_or(Value());
}

Value recorded(std::string_view kind, std::string_view ns, std::string_view name, std::string_view uid) {
  Value meta = Value::map({{"name", name}, {"uid", uid}, {"creationTimestamp", "2020-01-02T03:04:05Z"}, {"resourceVersion", "77"}});
  if (!ns.empty()) meta.set("namespace", ns);
  return Value::map({{"apiVersion", "v1"}, {"kind", kind}, {"metadata", meta}});
}

std::unique_ptr<Sandbox> copy_of(std::vector<Value> objects, SecretValues secrets = SecretValues::kWithhold, std::string data_file = {}) {
  SandboxOptions options;
  options.workloads = false;
  options.tls = false;
  options.objects = std::move(objects);
  options.import_secrets = secrets;
  options.data_file = std::move(data_file);
  auto started = start(options);
  EXPECT_TRUE(started) << (started ? "" : started.error().report());
  return started ? std::move(*started) : nullptr;
}

bool mentions(const std::vector<ImportReport::Note>& notes, std::string_view object, std::string_view words) {
  for (const auto& note : notes)
    if (note.object == object && note.message.find(words) != std::string::npos) return true;
  return false;
}

TEST(Import, keeps_what_the_original_server_wrote) {
  Value map = recorded("ConfigMap", "shop", "c", "u-1");
  map.set("data", Value::map({{"a", "1"}}));
  map.edit("metadata").set("managedFields", json(R"([{"apiVersion":"v1","fieldsType":"FieldsV1","fieldsV1":{"f:data":{"f:a":{}}},)"
                                                 R"("manager":"helm","operation":"Update","time":"2020-01-02T03:04:05Z"}])"));
  // The namespace comes last here, and is taken first.
  auto copy = copy_of({map, recorded("Namespace", "", "shop", "u-0")});
  Value held = *copy->client("test")->get(kConfigMap, "shop", "c");
  EXPECT_NE(held["metadata"]["resourceVersion"], map["metadata"]["resourceVersion"]);
  held.edit("metadata").set("resourceVersion", "77");
  EXPECT_EQ(to_json(held), to_json(map));
  EXPECT_EQ((*copy->client("test")->get(kNamespace, "", "shop"))["metadata"]["uid"].as_string(), "u-0");
  EXPECT_EQ(copy->imported().total(), 2u);
  EXPECT_TRUE(copy->imported().refused.empty());
}

TEST(Import, keeps_the_status_of_a_pod_that_runs) {
  Value pod = recorded("Pod", "default", "p", "u-1");
  pod.set("spec", json(R"({"containers":[{"name":"c","image":"i:1"}],"nodeName":"elsewhere"})"));
  pod.set("status", json(R"({"phase":"Running","podIP":"10.9.9.9"})"));
  auto copy = copy_of({pod});
  Value held = *copy->client("test")->get(kPod, "default", "p");
  EXPECT_EQ(held["status"]["podIP"].as_string(), "10.9.9.9");
  EXPECT_EQ(held["spec"]["nodeName"].as_string(), "elsewhere");
}

TEST(Import, creates_manifests_as_a_client_would) {
  auto copy = copy_of({json(R"({"apiVersion":"v1","kind":"Service","metadata":{"name":"s","namespace":"new"},"spec":{"ports":[{"port":80}]}})")});
  Value held = *copy->client("test")->get({"", "v1", "Service"}, "new", "s");
  EXPECT_FALSE(held["metadata"]["uid"].empty());
  EXPECT_FALSE(held["spec"]["clusterIP"].empty());
  EXPECT_TRUE(mentions(copy->imported().changed, "Namespace new", "made"));
}

TEST(Import, takes_definitions_before_their_objects) {
  Value thing = json(R"({"apiVersion":"x.dev/v1","kind":"Thing","metadata":{"name":"t","namespace":"default"},"spec":{"n":1}})");
  Value definition = json(R"({"apiVersion":"apiextensions.k8s.io/v1","kind":"CustomResourceDefinition","metadata":{"name":"things.x.dev"},
    "spec":{"group":"x.dev","scope":"Namespaced","names":{"kind":"Thing","listKind":"ThingList","plural":"things","singular":"thing"},
    "versions":[{"name":"v1","served":true,"storage":true,"schema":{"openAPIV3Schema":{"type":"object","properties":{"spec":{"type":"object",
    "properties":{"n":{"type":"integer"}}}}}}}]}})");
  auto copy = copy_of({thing, definition});
  EXPECT_EQ((*copy->client("test")->get({"x.dev", "v1", "Thing"}, "default", "t"))["spec"]["n"].as_int(), 1);
}

TEST(Import, withholds_the_values_of_secrets_also_in_the_annotation) {
  Value secret = recorded("Secret", "default", "s", "u-1");
  secret.set("data", Value::map({{"password", "Z2VoZWlt"}, {".dockerconfigjson", "eyJhIjoxfQ=="}}));
  secret.edit("metadata").set("annotations", Value::map({{"kubectl.kubernetes.io/last-applied-configuration", "{\"data\":\"Z2VoZWlt\"}"}}));
  auto copy = copy_of({secret});
  Value held = *copy->client("test")->get(kSecret, "default", "s");
  EXPECT_EQ(held["data"]["password"].as_string(), "d2l0aGhlbGQ=");
  EXPECT_EQ(held["data"][".dockerconfigjson"].as_string(), "e30=");
  EXPECT_EQ(to_json(held).find("Z2VoZWlt"), std::string::npos);
  EXPECT_EQ(copy->imported().left_out.at("values of a Secret (withheld)"), 1u);

  auto whole = copy_of({secret}, SecretValues::kKeep);
  EXPECT_EQ((*whole->client("test")->get(kSecret, "default", "s"))["data"]["password"].as_string(), "Z2VoZWlt");
  auto none = copy_of({secret}, SecretValues::kSkip);
  EXPECT_FALSE(none->client("test")->get(kSecret, "default", "s"));
  EXPECT_EQ(none->imported().left_out.at("Secret (as asked)"), 1u);
}

TEST(Import, loses_nothing_in_silence) {
  Value event = recorded("Event", "default", "e", "u-2");
  Value orphan = recorded("ConfigMap", "default", "orphan", "u-3");
  orphan.edit("metadata").set("ownerReferences", json(R"([{"apiVersion":"apps/v1","kind":"Deployment","name":"gone","uid":"u-9"}])"));
  Value unknown = json(R"({"apiVersion":"x.dev/v1","kind":"Thing","metadata":{"name":"t"}})");
  Value extra = recorded("ConfigMap", "default", "extra", "u-4");
  extra.set("colour", "red");
  Value twice = recorded("ConfigMap", "default", "extra", "u-5");
  auto copy = copy_of({event, orphan, unknown, extra, twice});
  const ImportReport& report = copy->imported();
  EXPECT_EQ(report.left_out.at("Event (history)"), 1u);
  EXPECT_TRUE(mentions(report.changed, "ConfigMap default/orphan", "its owner Deployment gone is not in the import"));
  EXPECT_TRUE(mentions(report.refused, "Thing.x.dev t", "no kind Thing in x.dev/v1 is served here"));
  EXPECT_TRUE(mentions(report.changed, "ConfigMap default/extra", "unknown field \"colour\""));
  EXPECT_TRUE(mentions(report.refused, "ConfigMap default/extra", "already exists"));
}

TEST(Import, is_not_repeated_where_the_data_file_has_a_state) {
  std::string file = testing::TempDir() + "import-state.db";
  std::filesystem::remove(file);
  std::vector<Value> objects = {recorded("ConfigMap", "default", "a", "u-1"), recorded("ConfigMap", "default", "b", "u-2")};
  {
    auto first = copy_of(objects, SecretValues::kWithhold, file);
    EXPECT_FALSE(first->imported().repeated);
    ASSERT_TRUE(first->client("test")->remove(kConfigMap, "default", "a", {}));
  }
  auto second = copy_of(objects, SecretValues::kWithhold, file);
  EXPECT_TRUE(second->imported().repeated);
  EXPECT_FALSE(second->client("test")->get(kConfigMap, "default", "a"));
  EXPECT_EQ((*second->client("test")->get(kConfigMap, "default", "b"))["metadata"]["uid"].as_string(), "u-2");
  std::filesystem::remove(file);
}

}  // namespace
}  // namespace taut::sandbox
