#include "io/kube/cluster.hh"

#include <gtest/gtest.h>

#include "io/kube/status.hh"
#include "io/kube/testing/fake_api.hh"

namespace taut::kube {
namespace {

using net::TestReply;
using net::TestRequest;
using net::TestServer;

TEST(Discovery, the_aggregated_form_needs_two_requests_and_an_unchanged_one_is_not_sent_again) {
  std::atomic<int> full{0}, unchanged{0};
  TestServer server([&](const TestRequest& request, TestReply& reply) {
    if (request.target == "/version") return reply.send(200, R"({"gitVersion":"v1.36.1"})");
    EXPECT_TRUE(request.headers.at("accept").starts_with("application/json;g=apidiscovery.k8s.io;v=v2;"));
    if (request.headers.contains("if-none-match")) {
      ++unchanged;
      return reply.write("HTTP/1.1 304 Not Modified\r\n\r\n");
    }
    ++full;
    reply.send(200, request.target == "/api" ? kCoreAggregated : kGroupsAggregated, "ETag: \"x\"\r\n");
  });
  ClientConfig config;
  config.server = *Url::parse(server.url());
  KubeCluster cluster(config);
  auto found = cluster.discover();
  ASSERT_TRUE(found) << found.error().report();
  EXPECT_EQ(found->version, "v1.36.1");
  const ApiResource* deployment = found->find("apps", "Deployment");
  ASSERT_TRUE(deployment);
  EXPECT_EQ(deployment->plural, "deployments");
  EXPECT_EQ(deployment->subresources, (std::vector<std::string>{"scale", "status"}));
  EXPECT_FALSE(found->find("", "Namespace")->namespaced);
  ASSERT_EQ(found->failed.size(), 1u);
  EXPECT_EQ(found->failed[0].second, "stale GroupVersion discovery: metrics.k8s.io/v1beta1");
  EXPECT_EQ(full, 2);
  EXPECT_EQ(cluster.discover()->resources.size(), found->resources.size());
  EXPECT_EQ(full, 2);
  EXPECT_EQ(unchanged, 2);
}

TEST(Discovery, an_old_server_is_asked_group_by_group_and_a_failing_group_is_named) {
  TestServer server([&](const TestRequest& request, TestReply& reply) {
    if (request.target == "/version") return reply.send(200, R"({"gitVersion":"v1.20.0"})");
    if (request.target == "/api") return reply.send(200, R"({"kind":"APIVersions","versions":["v1"]})");
    if (request.target == "/apis")
      return reply.send(200, R"({"kind":"APIGroupList","groups":[
        {"name":"x.io","versions":[{"groupVersion":"x.io/v1beta1"},{"groupVersion":"x.io/v1"}],
         "preferredVersion":{"groupVersion":"x.io/v1"}},
        {"name":"broken.io","versions":[{"groupVersion":"broken.io/v1"}]}]})");
    if (request.target == "/apis/broken.io/v1") return reply.send(500, "backend down");
    bool core = request.target == "/api/v1";
    reply.send(200, core
                        ? R"({"resources":[{"name":"pods","namespaced":true,"kind":"Pod","verbs":["get"]},
                                            {"name":"pods/status","namespaced":true,"kind":"Pod"}]})"
                        : R"({"resources":[{"name":"gizmos","namespaced":false,"kind":"Gizmo","verbs":["get"]}]})");
  });
  ClientConfig config;
  config.server = *Url::parse(server.url());
  KubeCluster cluster(config);
  auto found = cluster.discover();
  ASSERT_TRUE(found) << found.error().report();
  EXPECT_EQ(found->find("", "Pod")->subresources, (std::vector<std::string>{"status"}));
  EXPECT_EQ(found->find("x.io", "Gizmo")->gvk.version, "v1");
  EXPECT_TRUE(found->find({"x.io", "v1beta1", "Gizmo"}));
  ASSERT_EQ(found->failed.size(), 1u);
  EXPECT_EQ(found->failed[0].first, "broken.io/v1");
}

TEST(KubeCluster, an_unknown_kind_is_looked_for_once_more_and_named_as_kubectl_does) {
  FakeApi api([](const TestRequest&, TestReply& reply) { reply.send(500, ""); });
  KubeCluster cluster(api.config());
  auto missing = cluster.get({{"x.io", "v1", "Gizmo"}, "", "a"});
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().code(), Code::kNotFound);
  EXPECT_EQ(missing.error().message(), "no matches for kind \"Gizmo\" in version \"x.io/v1\"");
}

TEST(KubeCluster, lists_in_chunks_and_begins_again_when_the_snapshot_is_gone) {
  std::vector<std::string> asked;
  bool expired = false;
  FakeApi api([&](const TestRequest& request, TestReply& reply) {
    asked.push_back(request.target);
    if (request.asks("continue=n1")) {
      if (!expired) return reply.send(200, list_body({config_map("b", 2)}, 9));
      return reply.send(410, status_body(410, "Expired", "The provided continue parameter is too old"));
    }
    if (!request.asks("limit")) return reply.send(200, list_body({config_map("all", 3)}, 11));
    reply.send(200, list_body({config_map("a", 1)}, 9, "n1"));
  });
  KubeCluster cluster(api.config());
  auto list = cluster.list(kConfigMap, {"default", "app=web,x in (a,b)", ""});
  ASSERT_TRUE(list) << list.error().report();
  ASSERT_EQ(list->items.size(), 2u);
  EXPECT_EQ(list->items[1]["kind"].str(), "ConfigMap");
  EXPECT_EQ(list->items[1]["apiVersion"].str(), "v1");
  EXPECT_EQ(list->resource_version, "9");
  EXPECT_EQ(asked[0],
            "/api/v1/namespaces/default/configmaps?labelSelector=app%3Dweb%2Cx%20in%20%28a%2Cb%29&limit=500");
  expired = true;
  list = cluster.list(kConfigMap, {});
  ASSERT_TRUE(list);
  ASSERT_EQ(list->items.size(), 1u);
  EXPECT_EQ(name_of(list->items[0]), "all");
}

TEST(KubeCluster, each_write_goes_out_as_the_api_wants_it) {
  TestRequest seen;
  FakeApi api([&](const TestRequest& request, TestReply& reply) {
    seen = request;
    reply.send(request.method == "POST" ? 201 : 200, R"({"kind":"Deployment"})",
               "Warning: 299 - \"unknown field \\\"spec.x\\\"\"\r\nWarning: 299 - \"two\", 299 - \"three\"\r\n");
  });
  KubeCluster cluster(api.config());
  WriteRequest write;
  write.ref = {kDeployment, "team", "web"};
  write.body = Value::map({{"spec", Value::map({})}});
  write.force = write.dry_run = true;
  write.field_validation = "Strict";
  auto applied = cluster.write(write);
  ASSERT_TRUE(applied) << applied.error().report();
  EXPECT_FALSE(applied->created);
  EXPECT_EQ(applied->warnings, (std::vector<std::string>{"unknown field \"spec.x\"", "two", "three"}));
  EXPECT_EQ(seen.method, "PATCH");
  EXPECT_EQ(seen.headers["content-type"], "application/apply-patch+yaml");
  EXPECT_EQ(seen.target,
            "/apis/apps/v1/namespaces/team/deployments/"
            "web?fieldManager=taut&force=true&dryRun=All&fieldValidation=Strict");
  EXPECT_EQ(seen.body, R"({"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"web"},"spec":{}})");

  WriteRequest create{WriteVerb::kCreate, {kDeployment, "team", "web"}, write.body};
  EXPECT_TRUE(cluster.write(create)->created);
  EXPECT_EQ(seen.target, "/apis/apps/v1/namespaces/team/deployments?fieldManager=taut");
  WriteRequest patch{WriteVerb::kJsonPatch, {kDeployment, "team", "web"}, Value::list({}), "scale"};
  ASSERT_TRUE(cluster.write(patch));
  EXPECT_EQ(seen.target, "/apis/apps/v1/namespaces/team/deployments/web/scale?fieldManager=taut");
  EXPECT_EQ(seen.headers["content-type"], "application/json-patch+json");
  EXPECT_EQ(seen.body, "[]");

  ASSERT_TRUE(cluster.remove({kDeployment, "team", "web"}, {"Foreground", "u1", false}));
  EXPECT_EQ(seen.method, "DELETE");
  EXPECT_EQ(
      seen.body,
      R"({"apiVersion":"v1","kind":"DeleteOptions","preconditions":{"uid":"u1"},"propagationPolicy":"Foreground"})");
}

TEST(KubeCluster, errors_keep_the_servers_words_and_have_the_ports_codes) {
  std::string body;
  int status = 0;
  FakeApi api([&](const TestRequest&, TestReply& reply) { reply.send(status, body); });
  KubeCluster cluster(api.config());
  auto get = [&](int code, std::string_view reason, std::string_view message, Value details = {}) {
    status = code;
    body = status_body(code, reason, message, details);
    return cluster.get({kConfigMap, "default", "a"}).error();
  };
  EXPECT_EQ(get(404, "NotFound", "configmaps \"a\" not found").code(), Code::kNotFound);
  EXPECT_EQ(get(409, "AlreadyExists", "x").code(), Code::kAlreadyExists);
  EXPECT_EQ(get(409, "Conflict", "x").code(), Code::kConflict);
  EXPECT_EQ(get(403, "Forbidden", "x").code(), Code::kForbidden);
  EXPECT_EQ(get(401, "Unauthorized", "Unauthorized").code(), Code::kUnauthenticated);
  EXPECT_EQ(get(410, "Expired", "too old resource version").code(), Code::kGone);
  EXPECT_EQ(get(400, "BadRequest", "x").code(), Code::kInvalid);
  EXPECT_EQ(get(500, "InternalError", "etcd down").code(), Code::kUnavailable);
  EXPECT_EQ(get(500, "", "failed to create typed patch object (x): .y: field not declared in schema").code(),
            Code::kInvalid);
  Error invalid =
      get(422, "Invalid", "ConfigMap \"a\" is invalid: data: Forbidden",
          Value::map({{"causes", Value::list({Value::map({{"field", "data"}, {"message", "Forbidden"}})})}}));
  EXPECT_EQ(invalid.code(), Code::kInvalid);
  EXPECT_EQ(invalid.message(), "ConfigMap \"a\" is invalid: data: Forbidden");
  EXPECT_EQ(invalid.position().path, ".data");
  EXPECT_EQ(invalid.trace(), (std::vector<std::string>{"getting /v1, Kind=ConfigMap default/a"}));
  status = 502;
  body = "<html>bad gateway</html>";
  Error foreign = cluster.get({kConfigMap, "default", "a"}).error();
  EXPECT_EQ(foreign.code(), Code::kUnavailable);
  EXPECT_EQ(foreign.message(),
            "an error on the server (\"<html>bad gateway</html>\") has prevented the request from succeeding");
}

TEST(KubeCluster, waits_as_long_as_the_server_asks_and_not_forever) {
  std::atomic<int> calls{0}, busy{2};
  FakeApi api([&](const TestRequest&, TestReply& reply) {
    if (++calls <= busy)
      return reply.send(429, status_body(429, "TooManyRequests", "slow down"), "Retry-After: 0\r\n");
    reply.send(200, R"({"kind":"ConfigMap"})");
  });
  KubeOptions options;
  options.transport.max_attempts = 3;
  KubeCluster cluster(api.config(), options);
  EXPECT_TRUE(cluster.get({kConfigMap, "default", "a"}));
  EXPECT_EQ(calls, 3);
  busy = 100;
  auto refused = cluster.get({kConfigMap, "default", "a"});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().message(), "slow down");
  EXPECT_EQ(refused.error().code(), Code::kUnavailable);
  EXPECT_EQ(calls, 6);
}

TEST(KubeCluster, repeats_after_a_reset_only_what_may_be_repeated) {
  std::atomic<int> calls{0}, resets{0};
  FakeApi api([&](const TestRequest&, TestReply& reply) {
    ++calls;
    if (resets-- > 0) return reply.reset();
    reply.send(200, R"({"kind":"ConfigMap"})");
  });
  // On a connection of its own: one that was idle may always be closed by the server just then, and libcurl makes
  // up for that by itself.
  api.close_after_discovery = true;
  auto run = [&](WriteVerb verb, Value body) {
    KubeCluster cluster(api.config());
    EXPECT_TRUE(cluster.discover());
    calls = 0;
    resets = 1;
    auto out = cluster.write({verb, {kConfigMap, "default", "a"}, std::move(body)});
    return std::make_pair(out.has_value(), calls.load());
  };
  EXPECT_EQ(run(WriteVerb::kApply, {}), std::make_pair(true, 2));
  EXPECT_EQ(run(WriteVerb::kUpdate, {}), std::make_pair(true, 2));
  EXPECT_EQ(run(WriteVerb::kUpdate, config_map("a", 7)), std::make_pair(false, 1));
  EXPECT_EQ(run(WriteVerb::kCreate, {}), std::make_pair(false, 1));
  EXPECT_EQ(run(WriteVerb::kJsonPatch, {}), std::make_pair(false, 1));
}

TEST(KubeCluster, a_refused_plugin_token_is_replaced_and_shown_nowhere) {
  std::vector<std::string> seen;
  FakeApi api([&](const TestRequest& request, TestReply& reply) {
    seen.push_back(request.headers.at("authorization"));
    bool good = seen.back() == "Bearer fresh";
    reply.send(good ? 200 : 401,
               good ? R"({"kind":"ConfigMap"})" : status_body(401, "Unauthorized", "Unauthorized"));
  });
  ClientConfig config = api.config();
  char folder[] = "/tmp/taut-exec-XXXXXX";
  ASSERT_TRUE(mkdtemp(folder));
  config.auth.exec = ExecPlugin{};
  config.auth.exec->command = "sh";
  config.auth.exec->api_version = "client.authentication.k8s.io/v1beta1";
  config.auth.exec->args = {"-c",
                            std::string("t=stale; test -e ") + folder + "/once && t=fresh; touch " + folder +
                                "/once; echo '{\"kind\":\"ExecCredential\",\"apiVersion\":\"client.authentication"
                                ".k8s.io/v1beta1\",\"status\":{\"token\":\"'$t'\"}}'"};
  KubeCluster cluster(config);
  auto got = cluster.get({kConfigMap, "default", "a"});
  ASSERT_TRUE(got) << got.error().report();
  EXPECT_EQ(seen, (std::vector<std::string>{"Bearer stale", "Bearer fresh"}));
  std::system((std::string("rm -r ") + folder).c_str());
}

}  // namespace
}  // namespace taut::kube
