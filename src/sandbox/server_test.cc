// A whole sandbox over TLS with libcurl, and in process.
#include "sandbox/server.hh"

#include <curl/curl.h>
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <thread>

#include "value/json.hh"
#include "yaml/reader.hh"

namespace taut::sandbox {
namespace {

size_t append(char* data, size_t, size_t size, void* to) {
  static_cast<std::string*>(to)->append(data, size);
  return size;
}

// GET with the token.
std::string fetch(const Sandbox& sandbox, const std::string& path, long& code) {
  std::string body;
  CURL* curl = curl_easy_init();
  std::string url = sandbox.address() + path, token = "Authorization: Bearer " + sandbox.token();
  curl_slist* headers = curl_slist_append(nullptr, token.c_str());
  curl_easy_setopt(curl, CURLOPT_URL, url.c_str());
  curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
  curl_easy_setopt(curl, CURLOPT_SSL_VERIFYPEER, 0L);
  curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, append);
  curl_easy_setopt(curl, CURLOPT_WRITEDATA, &body);
  curl_easy_setopt(curl, CURLOPT_TIMEOUT, 10L);
  curl_easy_perform(curl);
  curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &code);
  curl_slist_free_all(headers);
  curl_easy_cleanup(curl);
  return body;
}

std::unique_ptr<Sandbox> started(SandboxOptions options = {}) {
  options.workloads = false;
  auto sandbox = start(options);
  EXPECT_TRUE(sandbox) << (sandbox ? "" : sandbox.error().report());
  return sandbox ? std::move(*sandbox) : nullptr;
}

bool eventually(const std::function<bool()>& holds) {
  for (int i = 0; i < 500; ++i) {
    if (holds()) return true;
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  return false;
}

Value config_map(const char* name) {
  return Value::map({{"apiVersion", "v1"}, {"kind", "ConfigMap"}, {"metadata", Value::map({{"name", name}, {"namespace", "default"}})},
                     {"data", Value::map({{"a", "1"}})}});
}

const Gvk kConfigMap{"", "v1", "ConfigMap"};

TEST(Server, answers_over_tls_with_large_bodies) {
  auto sandbox = started();
  ASSERT_TRUE(sandbox);
  long code = 0;
  std::string body = fetch(*sandbox, "/openapi/v3/apis/apps/v1", code);
  EXPECT_EQ(code, 200);
  EXPECT_GT(body.size(), 100'000u);
  EXPECT_TRUE(parse_json(body));
}

TEST(Server, writes_a_kubeconfig_that_leads_to_it) {
  auto sandbox = started({.token = "known"});
  ASSERT_TRUE(sandbox);
  auto config = parse_yaml_document(sandbox->kubeconfig());
  ASSERT_TRUE(config);
  EXPECT_EQ(config->root["clusters"][0]["cluster"]["server"].as_string(), sandbox->address());
  EXPECT_EQ(config->root["users"][0]["user"]["token"].as_string(), "known");
}

TEST(Server, refuses_a_port_that_is_taken) {
  auto sandbox = started({.tls = false});
  ASSERT_TRUE(sandbox);
  SandboxOptions same{.tls = false, .workloads = false};
  std::string address = sandbox->address();
  same.port = static_cast<uint16_t>(std::stoi(address.substr(address.rfind(':') + 1)));
  auto second = start(same);
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code(), Code::kUnavailable);
}

TEST(Server, injects_faults_until_told_otherwise) {
  auto sandbox = started({.tls = false});
  ASSERT_TRUE(sandbox);
  ASSERT_TRUE(sandbox->set_faults("list * error=503"));
  long code = 0;
  fetch(*sandbox, "/api/v1/pods", code);
  EXPECT_EQ(code, 503);
  ASSERT_TRUE(sandbox->set_faults(""));
  fetch(*sandbox, "/api/v1/pods", code);
  EXPECT_EQ(code, 200);
}

TEST(LocalClient, sees_what_is_there_and_every_change) {
  auto sandbox = started({.tls = false});
  ASSERT_TRUE(sandbox);
  ClientPtr client = sandbox->client("tester");
  ASSERT_TRUE(client->create(config_map("before")));
  std::mutex mutex;
  std::vector<std::string> seen;
  auto watch = client->watch({kConfigMap}, [&](const Change& change) {
    std::lock_guard lock(mutex);
    seen.push_back(fmt::format("{}{}", change.type == ChangeType::kAdded ? '+' : change.type == ChangeType::kDeleted ? '-' : '~',
                               name_of(change.object)));
  });
  auto count = [&] {
    std::lock_guard lock(mutex);
    return seen.size();
  };
  ASSERT_TRUE(eventually([&] { return count() == 1; }));
  auto made = client->create(config_map("after"));
  ASSERT_TRUE(made);
  EXPECT_EQ((*made)["metadata"]["managedFields"][0]["manager"].as_string(), "tester");
  ASSERT_TRUE(client->patch(kConfigMap, "default", "after", Value::map({{"data", Value::map({{"a", "2"}})}}), ""));
  ASSERT_TRUE(client->remove(kConfigMap, "default", "after", {}));
  std::vector<std::string> wanted{"+before", "+after", "~after", "-after"};
  EXPECT_TRUE(eventually([&] {
    std::lock_guard lock(mutex);
    return seen == wanted;
  }));
}

TEST(LocalClient, refuses_an_update_of_an_old_version) {
  auto sandbox = started({.tls = false});
  ASSERT_TRUE(sandbox);
  ClientPtr client = sandbox->client("tester");
  auto first = client->create(config_map("one"));
  ASSERT_TRUE(first);
  Value changed = *first;
  changed.edit("data").set("a", "2");
  ASSERT_TRUE(client->update(changed));
  changed.edit("data").set("a", "3");
  auto stale = client->update(changed);
  ASSERT_FALSE(stale);
  EXPECT_EQ(stale.error().code(), Code::kConflict);
}

TEST(Lifecycle, dependents_follow_their_owner) {
  auto sandbox = started({.tls = false});
  ASSERT_TRUE(sandbox);
  ClientPtr client = sandbox->client("tester");
  auto owner = client->create(config_map("owner"));
  ASSERT_TRUE(owner);
  Value child = config_map("child");
  Value reference = Value::map({{"apiVersion", "v1"}, {"kind", "ConfigMap"}, {"name", "owner"}, {"uid", (*owner)["metadata"]["uid"]}});
  child.edit("metadata").set("ownerReferences", Value::list({reference}));
  ASSERT_TRUE(client->create(child));
  ASSERT_TRUE(client->remove(kConfigMap, "default", "owner", {}));
  EXPECT_TRUE(eventually([&] { return !client->get(kConfigMap, "default", "child"); }));
}

TEST(Lifecycle, a_namespace_takes_its_content_with_it) {
  auto sandbox = started({.tls = false});
  ASSERT_TRUE(sandbox);
  ClientPtr client = sandbox->client("tester");
  const Gvk ns{"", "v1", "Namespace"};
  ASSERT_TRUE(client->create(Value::map({{"apiVersion", "v1"}, {"kind", "Namespace"}, {"metadata", Value::map({{"name", "gone"}})}})));
  Value held = config_map("held");
  held.edit("metadata").set("namespace", "gone");
  held.edit("metadata").set("finalizers", Value::list({"x.dev/hold"}));
  ASSERT_TRUE(client->create(held));
  ASSERT_TRUE(client->remove(ns, "", "gone", {}));
  EXPECT_TRUE(eventually([&] {
    auto there = client->get(ns, "", "gone");
    return there && (*there)["status"]["conditions"].size() == 5;
  }));
  ASSERT_TRUE(client->patch(kConfigMap, "gone", "held", Value::map({{"metadata", Value::map({{"finalizers", Value()}})}}), ""));
  EXPECT_TRUE(eventually([&] { return !client->get(ns, "", "gone"); }));
}

}  // namespace
}  // namespace taut::sandbox
