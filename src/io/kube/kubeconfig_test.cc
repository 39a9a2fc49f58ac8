#include "io/kube/kubeconfig.hh"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "base/base64.hh"
#include "base/strings.hh"
#include "io/kube/credentials.hh"

namespace taut::kube {
namespace {

// A folder that goes with the test.
class Folder {
 public:
  Folder() {
    char name[] = "/tmp/taut-kubeconfig-XXXXXX";
    path_ = mkdtemp(name);
  }
  ~Folder() { std::filesystem::remove_all(path_); }
  std::string write(const std::string& name, std::string_view text, bool program = false) const {
    std::string path = path_ + '/' + name;
    std::filesystem::create_directories(std::filesystem::path(path).parent_path());
    std::ofstream(path) << text;
    if (program) chmod(path.c_str(), 0700);
    return path;
  }
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

constexpr std::string_view kBasic = R"(apiVersion: v1
kind: Config
current-context: one
clusters:
- name: c
  cluster:
    server: https://10.0.0.1:6443/
    certificate-authority: pki/ca.crt
    tls-server-name: api.test
    proxy-url: http://proxy:3128
contexts:
- name: one
  context: {cluster: c, user: u, namespace: team}
- name: two
  context: {cluster: c, user: none}
users:
- name: u
  user:
    token: s3cret
    as: alice
    as-groups: [a, b]
)";

TEST(Kubeconfig, a_context_brings_everything_together) {
  Folder folder;
  folder.write("pki/ca.crt", "CA PEM");
  auto config = load_client_config({folder.write("config", kBasic), ""});
  ASSERT_TRUE(config) << config.error().report();
  EXPECT_EQ(config->server.to_string(), "https://10.0.0.1:6443");
  EXPECT_EQ(config->tls.ca, "CA PEM");
  EXPECT_EQ(config->tls.server_name, "api.test");
  EXPECT_EQ(config->proxy, "http://proxy:3128");
  EXPECT_EQ(config->ns, "team");
  EXPECT_EQ(config->context, "one");
  EXPECT_EQ(config->auth.token, "s3cret");
  EXPECT_EQ(config->auth.impersonate.groups, (std::vector<std::string>{"a", "b"}));
}

TEST(Kubeconfig, the_first_file_that_names_a_thing_wins_and_missing_ones_are_skipped) {
  Folder folder;
  std::string first = folder.write("first", R"(
clusters: [{name: c, cluster: {server: https://first}}]
users: [{name: u, user: {token: first}}])");
  std::string second = folder.write("second", R"(
current-context: x
clusters: [{name: c, cluster: {server: https://second}}, {name: d, cluster: {server: "d.test:8080"}}]
contexts: [{name: x, context: {cluster: c, user: u}}, {name: z, context: {cluster: d}}])");
  auto environment = [&](const char* name) {
    return std::string(name) == "KUBECONFIG" ? folder.path() + "/absent::" + first + ':' + second : std::string();
  };
  auto config = load_client_config({"", "", environment});
  ASSERT_TRUE(config) << config.error().report();
  EXPECT_EQ(config->server.to_string(), "https://first");
  EXPECT_EQ(config->auth.token, "first");
  EXPECT_EQ(load_client_config({"", "z", environment})->server.to_string(), "http://d.test:8080");
}

struct BadCase {
  const char* text;
  const char* message;
  int line;
  const char* path;
};

TEST(Kubeconfig, errors_name_the_file_the_line_and_the_field) {
  const BadCase cases[] = {
      {"clusters:\n- name: c\n  cluster:\n    server: 5\n", "must be a string, not a number", 4,
       ".clusters[0].cluster.server"},
      {"clusters:\n- name: c\n  cluster:\n    certificate-authority-data: '%%%'\n", "illegal base64 data", 4,
       ".clusters[0].cluster.certificate-authority-data"},
      {"users:\n- name: a\n- name: a\n", "duplicate name \"a\" in list", 3, ".users[1].name"},
      {"users:\n- name: a\n  user:\n    exec: {command: x}\n", "apiVersion must be specified", 4,
       ".users[0].user.exec"},
      {"users:\n- name: a\n  user:\n    exec:\n      command: x\n      apiVersion: "
       "client.authentication.k8s.io/v1\n",
       "interactiveMode must be specified", 4, ".users[0].user.exec"},
      {"users: {}\n", "must be a list, not a map", 1, ".users"},
      {"users: [\n", "yaml: ", 0, ""},
  };
  for (const auto& bad : cases) {
    auto config = parse_kubeconfig(bad.text, "/x/config");
    ASSERT_FALSE(config) << bad.text;
    const Error& error = config.error();
    EXPECT_TRUE(contains(error.message(), bad.message)) << error.message();
    EXPECT_TRUE(error.message().starts_with("error loading config file \"/x/config\": ")) << error.message();
    EXPECT_EQ(error.position().file, "/x/config");
    if (bad.line) {
      EXPECT_EQ(error.position().line, static_cast<uint32_t>(bad.line)) << bad.text;
      EXPECT_TRUE(error.position().path.starts_with(bad.path)) << error.position().path;
    }
  }
}

std::string resolved(const std::string& text, const std::string& context = "x") {
  auto parsed = parse_kubeconfig(text, "f");
  if (!parsed) return parsed.error().message();
  auto config = resolve_context(*parsed, context);
  return config ? "fine" : config.error().message();
}

TEST(Kubeconfig, says_which_part_of_a_context_is_missing) {
  EXPECT_EQ(resolved("{}", ""),
            "invalid configuration: no configuration has been provided, try setting KUBERNETES_MASTER environment "
            "variable");
  EXPECT_EQ(resolved("{}"), "context \"x\" does not exist");
  EXPECT_EQ(resolved("contexts: [{name: x, context: {cluster: c}}]"),
            "invalid configuration: cluster \"c\" was not found for context \"x\"");
  EXPECT_EQ(resolved("{contexts: [{name: x, context: {cluster: c}}], clusters: [{name: c}]}"),
            "invalid configuration: no server found for cluster \"c\"");
  std::string cluster = "clusters: [{name: c, cluster: {server: 'https://h'}}]\n";
  EXPECT_EQ(resolved(cluster + "contexts: [{name: x, context: {cluster: c, user: u}}]"),
            "invalid configuration: user \"u\" was not found for context \"x\"");
  std::string context = "contexts: [{name: x, context: {cluster: c, user: u}}]\n";
  EXPECT_EQ(
      resolved(cluster + context +
               "users: [{name: u, user: {client-certificate: /nowhere/c, client-key: /nowhere/k}}]"),
      "invalid configuration: unable to read client-certificate /nowhere/c for u due to open /nowhere/c: no such "
      "file or directory");
  EXPECT_EQ(resolved(cluster + context + "users: [{name: u, user: {auth-provider: {name: gcp}}}]"),
            "no Auth Provider found for name \"gcp\"");
  EXPECT_EQ(resolved(cluster + context + "users: [{name: u}]"), "fine");
}

TEST(Kubeconfig, a_plugin_that_asks_is_shown_the_cluster) {
  auto parsed = parse_kubeconfig(R"(
clusters:
- name: c
  cluster:
    server: https://h
    certificate-authority-data: Q0E=
    extensions: [{name: client.authentication.k8s.io/exec, extension: {audience: a}}]
contexts: [{name: x, context: {cluster: c, user: u}}]
users:
- name: u
  user:
    exec: {command: ./p, apiVersion: client.authentication.k8s.io/v1beta1, provideClusterInfo: true}
)",
                                 "/etc/kube/config");
  ASSERT_TRUE(parsed) << parsed.error().report();
  auto config = resolve_context(*parsed, "x");
  ASSERT_TRUE(config) << config.error().report();
  EXPECT_EQ(config->auth.exec->command, "/etc/kube/./p");
  EXPECT_EQ(config->auth.exec->cluster_info, Value::map({{"server", "https://h"},
                                                         {"certificate-authority-data", "Q0E="},
                                                         {"config", Value::map({{"audience", "a"}})}}));
}

TEST(Kubeconfig, an_explicit_file_must_be_there) {
  auto config = load_client_config({"/nowhere/config", ""});
  ASSERT_FALSE(config);
  EXPECT_EQ(config.error().message(),
            "error loading config file \"/nowhere/config\": open /nowhere/config: no such file or directory");
}

TEST(Kubeconfig, in_a_pod_the_service_account_is_used) {
  Folder folder;
  const std::string account = "var/run/secrets/kubernetes.io/serviceaccount/";
  folder.write(account + "token", "tok\n");
  folder.write(account + "ca.crt", "CA");
  folder.write(account + "namespace", "prod");
  auto environment = [](const char* name) {
    std::string asked = name;
    return std::string(asked == "KUBERNETES_SERVICE_HOST"   ? "fd00::1"
                       : asked == "KUBERNETES_SERVICE_PORT" ? "443"
                                                            : "");
  };
  auto config = in_cluster_config(environment, folder.path());
  ASSERT_TRUE(config) << config.error().message();
  EXPECT_EQ(config->server.to_string(), "https://[fd00::1]:443");
  EXPECT_EQ(config->ns, "prod");
  EXPECT_EQ(config->tls.ca, "CA");
  EXPECT_EQ(in_cluster_config([](const char*) { return std::string(); }).error().code(), Code::kNotFound);
}

std::string header(const Result<Identity>& identity) {
  if (!identity) return "error: " + identity.error().message();
  for (const auto& header : identity->headers)
    if (header.name == "Authorization") return header.value;
  return "";
}

TEST(Credentials, a_token_file_is_read_anew_and_survives_a_gap) {
  Folder folder;
  AuthConfig config;
  config.token_file = folder.write("token", "one\n");
  Time now{};
  Credentials credentials(config, [&] { return now; });
  EXPECT_EQ(header(credentials.current()), "Bearer one");
  folder.write("token", "two\n");
  EXPECT_EQ(header(credentials.current()), "Bearer one");
  now += std::chrono::seconds(51);
  EXPECT_EQ(header(credentials.current()), "Bearer two");
  std::filesystem::remove(config.token_file);
  now += std::chrono::hours(1);
  EXPECT_EQ(header(credentials.current()), "Bearer two");
}

ExecPlugin plugin(std::string command) {
  ExecPlugin out;
  out.command = std::move(command);
  out.api_version = "client.authentication.k8s.io/v1";
  out.interactive_mode = "IfAvailable";
  return out;
}

// Prints what it was given and counts its runs.
constexpr std::string_view kPlugin = R"sh(#!/bin/sh
echo x >> "$COUNT"
token="$1-$(wc -l < "$COUNT" | tr -d ' ')"
echo "{\"kind\":\"ExecCredential\",\"apiVersion\":\"client.authentication.k8s.io/v1\",
  \"status\":{\"token\":\"$token\",\"expirationTimestamp\":\"2026-01-01T01:00:00Z\"}}"
case "$KUBERNETES_EXEC_INFO" in *'"server":"https://h"'*) ;; *) exit 9 ;; esac
)sh";

TEST(Credentials, a_plugin_runs_until_its_token_expires_or_is_refused) {
  Folder folder;
  AuthConfig config;
  config.exec = plugin(folder.write("plugin", kPlugin, true));
  config.exec->args = {"tok"};
  config.exec->env = {{"COUNT", folder.path() + "/count"}};
  config.exec->provide_cluster_info = true;
  config.exec->cluster_info = Value::map({{"server", "https://h"}});
  Time now = *parse_rfc3339("2026-01-01T00:00:00Z");
  Credentials credentials(config, [&] { return now; });
  EXPECT_EQ(header(credentials.current()), "Bearer tok-1");
  EXPECT_EQ(header(credentials.current()), "Bearer tok-1");
  EXPECT_TRUE(credentials.refused(*credentials.current()));
  EXPECT_EQ(header(credentials.current()), "Bearer tok-2");
  now += std::chrono::hours(2);
  EXPECT_EQ(header(credentials.current()), "Bearer tok-3");
}

std::string ran(const std::string& script, Duration timeout = std::chrono::seconds(5)) {
  Folder folder;
  auto out = run_exec_plugin(plugin(folder.write("p", "#!/bin/sh\n" + script, true)), timeout);
  return out ? "token " + out->token : std::string(replace_all(out.error().message(), folder.path() + "/", ""));
}

TEST(ExecPlugin, its_faults_are_told_apart_and_show_nothing_it_printed) {
  EXPECT_EQ(ran("exit 3"), "getting credentials: exec: executable p failed with exit code 3");
  EXPECT_EQ(ran("echo secret"), "getting credentials: decoding stdout: the output of p is not JSON");
  EXPECT_EQ(
      ran(R"(echo '{"kind":"ExecCredential","apiVersion":"client.authentication.k8s.io/v1beta1"}')"),
      "getting credentials: exec plugin is configured to use API version client.authentication.k8s.io/v1, plugin "
      "returned version client.authentication.k8s.io/v1beta1");
  EXPECT_EQ(ran(R"(echo '{"kind":"ExecCredential","apiVersion":"client.authentication.k8s.io/v1","status":{}}')"),
            "getting credentials: exec plugin didn't return a token or cert/key pair");
  EXPECT_EQ(ran("sleep 30", std::chrono::milliseconds(50)),
            "getting credentials: exec: executable p gave no credentials in 50ms");
  ExecPlugin missing = plugin("taut-no-such-plugin");
  missing.install_hint = "Install it from example.com.";
  auto out = run_exec_plugin(missing);
  ASSERT_FALSE(out);
  EXPECT_EQ(out.error().message(), "getting credentials: exec: executable taut-no-such-plugin not found");
  EXPECT_EQ(out.error().hint(), "Install it from example.com.");
}

}  // namespace
}  // namespace taut::kube
