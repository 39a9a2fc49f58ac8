#include "dialect/argo/cluster_secret.hh"

#include <gtest/gtest.h>

#include "base/base64.hh"

namespace taut::argo {
namespace {

Value secret(std::string_view config, std::string_view server = "https://east.example:6443/", std::string_view name = "east") {
  return Value::map({{"metadata", Value::map({{"name", "cluster-east"}})},
                     {"data", Value::map({{"server", base64_encode(server)}, {"name", base64_encode(name)}, {"config", base64_encode(config)}})}});
}

TEST(ClusterSecret, is_read_as_argo_reads_it) {
  Value object = secret(R"({"bearerToken":"t0ken","disableCompression":true,"proxyUrl":"http://proxy:1",
    "tlsClientConfig":{"serverName":"east","caData":"Q0E=","certData":"Q0VSVA==","keyData":"S0VZ"}})");
  object.edit("data").set("namespaces", base64_encode("shop, web"));
  object.edit("data").set("clusterResources", base64_encode("true"));
  object.edit("data").set("project", base64_encode("retail"));
  ClusterSecret read = read_cluster_secret(object);
  ASSERT_FALSE(read.error) << read.error->message();
  EXPECT_EQ(read.server, "https://east.example:6443");
  EXPECT_EQ(read.name, "east");
  EXPECT_EQ(read.project, "retail");
  EXPECT_EQ(read.namespaces, (std::vector<std::string>{"shop", "web"}));
  EXPECT_TRUE(read.cluster_resources);
  EXPECT_EQ(read.connection.bearer_token, "t0ken");
  EXPECT_EQ(read.connection.ca, "CA");
  EXPECT_EQ(read.connection.certificate, "CERT");
  EXPECT_EQ(read.connection.key, "KEY");
  EXPECT_EQ(read.connection.server_name, "east");
  EXPECT_EQ(read.connection.proxy, "http://proxy:1");
  EXPECT_FALSE(read.connection.compress);
}

TEST(ClusterSecret, a_program_gives_credentials) {
  ClusterSecret read = read_cluster_secret(secret(
      R"({"execProviderConfig":{"command":"aws","args":["eks","get-token"],"env":{"AWS_PROFILE":"p"},"apiVersion":"client.authentication.k8s.io/v1"}})"));
  ASSERT_TRUE(read.connection.exec);
  EXPECT_EQ(read.connection.exec->command, "aws");
  EXPECT_EQ(read.connection.exec->args, (std::vector<std::string>{"eks", "get-token"}));
  EXPECT_EQ(read.connection.exec->env[0].second, "p");
}

TEST(ClusterSecret, what_cannot_be_followed_is_said_without_its_contents) {
  auto message = [](std::string_view config) {
    ClusterSecret read = read_cluster_secret(secret(config));
    EXPECT_EQ(read.server, "https://east.example:6443");
    return read.error ? read.error->message() : "";
  };
  EXPECT_EQ(message(R"({"awsAuthConfig":{"clusterName":"x"}})"),
            "cluster Secret cluster-east: config.awsAuthConfig is not supported by taut: use execProviderConfig with \"aws eks get-token\"");
  EXPECT_EQ(message(R"({"bearerToken": hunter2)"), "cluster Secret cluster-east: config is not a JSON object");
  EXPECT_EQ(message(R"({"tlsClientConfig":{"caData":"%%"}})"),
            "cluster Secret cluster-east: config.tlsClientConfig.caData: illegal base64 data");
  EXPECT_EQ(message(""), "");
}

TEST(ClusterSecret, another_token_is_another_connection) {
  auto print = [](std::string_view config) { return read_cluster_secret(secret(config)).fingerprint; };
  EXPECT_EQ(print(R"({"bearerToken":"a"})"), print(R"({"bearerToken":"a"})"));
  EXPECT_NE(print(R"({"bearerToken":"a"})"), print(R"({"bearerToken":"b"})"));
}

TEST(ClusterSecret, the_local_cluster_has_its_usual_name) {
  EXPECT_EQ(read_cluster_secret(secret("", "https://kubernetes.default.svc", "")).name, "in-cluster");
  EXPECT_EQ(read_cluster_secret(secret("", "https://x.example", "")).name, "https://x.example");
}

}  // namespace
}  // namespace taut::argo
