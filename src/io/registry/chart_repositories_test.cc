#include "io/registry/chart_repositories.hh"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "base/base64.hh"
#include "base/sha256.hh"
#include "io/net/testing/test_server.hh"

namespace taut::registry {
namespace {

namespace fs = std::filesystem;

class NoRepositories : public Repositories {
 public:
  Result<std::string> resolve(const std::string& url, const std::string&) override { return "passed on " + url; }
  Result<TreePtr> tree(const std::string&, const std::string&) override { return fail(Code::kNotFound, "none"); }
  Result<std::vector<std::string>> changed_paths(const std::string&, const std::string&, const std::string&) override {
    return std::vector<std::string>();
  }
  Result<Commit> commit(const std::string&, const std::string&) override { return fail(Code::kNotFound, "none"); }
};

class ChartRepositoriesTest : public testing::Test {
 protected:
  ChartRepositoriesTest() {
    folder_ = fs::temp_directory_path() / fmt::format("taut-charts-{}", ::getpid());
    fs::create_directories(folder_ / "web/templates");
    std::ofstream(folder_ / "web/Chart.yaml") << "apiVersion: v2\nname: web\nversion: 1.2.0\n";
    std::ofstream(folder_ / "web/templates/a.yaml") << "kind: ConfigMap\n";
    EXPECT_EQ(std::system(fmt::format("tar -czf {0}/web.tgz -C {0} web", folder_.string()).c_str()), 0);
    std::ifstream file(folder_ / "web.tgz", std::ios::binary);
    std::stringstream text;
    text << file.rdbuf();
    archive = text.str();
    repositories = make();
  }
  ~ChartRepositoriesTest() override { fs::remove_all(folder_); }

  std::unique_ptr<ChartRepositories> make() {
    ChartRepositoriesOptions options;
    options.directory = (folder_ / "kept").string();
    options.plain_http = true;
    options.access = [](const std::string&) -> Result<ChartAccess> { return ChartAccess{{"reader", "secret"}, {}, ""}; };
    return std::make_unique<ChartRepositories>(options, none_);
  }
  void answer(const net::TestRequest& request, net::TestReply& reply) {
    ++requests;
    std::string path = request.path();
    if (path == "/stable/index.yaml") return reply.send(200, index, "");
    if (path == "/stable/web-1.2.0.tgz") return reply.send(200, archive, "");
    if (path == "/token") {
      bool known = request.headers.at("authorization") == "Basic " + base64_encode("reader:secret");
      return known ? reply.send(200, R"({"token":"t0"})") : reply.send(401, "{}");
    }
    auto authorization = request.headers.find("authorization");
    if (authorization == request.headers.end() || authorization->second != "Bearer t0")
      return reply.send(401, "{}", fmt::format("WWW-Authenticate: Bearer realm=\"{}/token\",service=\"s\",scope=\"repository:charts/web:pull\"\r\n", server.url()));
    if (path == "/v2/charts/web/tags/list") return reply.send(200, R"({"tags":["1.1.0","1.2.0","1.3.0-rc.1","1.0.0_build"]})");
    if (path == "/v2/charts/web/manifests/1.2.0")
      return reply.send(200, fmt::format(R"({{"layers":[{{"mediaType":"application/vnd.cncf.helm.chart.content.v1.tar+gzip","digest":"{}"}}]}})", sha256_digest(archive)));
    if (path == "/v2/charts/web/blobs/" + sha256_digest(archive)) return reply.send(200, archive, "");
    reply.send(404, R"({"errors":[{"message":"manifest unknown"}]})");
  }
  std::string oci() const { return "chart+oci://" + server.url().substr(7) + "/charts#web"; }
  std::string http() const { return "chart+" + server.url() + "/stable#web"; }

  fs::path folder_;
  NoRepositories none_;
  std::string archive;
  std::string index =
      "apiVersion: v1\nentries:\n  web:\n  - {version: 1.2.0, urls: [web-1.2.0.tgz]}\n  - {version: 1.3.0-rc.1, urls: [x.tgz]}\n"
      "  - {version: 1.1.0, urls: [https://elsewhere.example.com/web.tgz]}\n  - {version: no, urls: [y.tgz]}\n";
  std::atomic<int> requests = 0;
  net::TestServer server{[this](const net::TestRequest& request, net::TestReply& reply) { answer(request, reply); }};
  std::unique_ptr<ChartRepositories> repositories;
};

TEST_F(ChartRepositoriesTest, a_helm_repository_answers_ranges_and_gives_the_chart) {
  EXPECT_EQ(*repositories->resolve(http(), "1.x"), "1.2.0");
  EXPECT_EQ(*repositories->resolve(http(), "1.3.0-rc.1"), "1.3.0-rc.1");
  EXPECT_EQ(*repositories->resolve(http(), "*"), "1.2.0");
  auto tree = repositories->tree(http(), "1.2.0");
  ASSERT_TRUE(tree) << tree.error().to_string();
  EXPECT_TRUE((*tree)->read("Chart.yaml"));
  EXPECT_TRUE((*tree)->read("templates/a.yaml"));
}

TEST_F(ChartRepositoriesTest, a_chart_that_is_kept_is_not_fetched_again) {
  ASSERT_TRUE(repositories->tree(http(), "1.2.0"));
  int before = requests;
  EXPECT_TRUE(make()->tree(http(), "1.2.0"));
  EXPECT_EQ(requests, before);
}

TEST_F(ChartRepositoriesTest, an_oci_registry_is_asked_with_a_token) {
  EXPECT_EQ(*repositories->resolve(oci(), "^1.0"), "1.2.0");
  auto tree = repositories->tree(oci(), "1.2.0");
  ASSERT_TRUE(tree) << tree.error().to_string();
  EXPECT_TRUE((*tree)->read("Chart.yaml"));
}

TEST_F(ChartRepositoriesTest, what_is_not_there_is_told_in_helms_words) {
  EXPECT_EQ(repositories->resolve(http(), "2.x").error().message(),
            server.url() + "/stable: chart \"web\" matching version \"2.x\" not found in repository");
  EXPECT_EQ(repositories->resolve("chart+" + server.url() + "/stable#api", "1").error().message(),
            server.url() + "/stable: chart \"api\" not found in repository");
  EXPECT_EQ(repositories->tree(oci(), "9.9.9").error().message(), "charts/web:9.9.9: response status code 404: manifest unknown");
}

TEST_F(ChartRepositoriesTest, an_archive_that_is_not_what_the_index_says_is_refused) {
  index = "apiVersion: v1\nentries:\n  web:\n  - {version: 1.2.0, urls: [web-1.2.0.tgz], digest: abc}\n";
  EXPECT_NE(repositories->tree(http(), "1.2.0").error().message().find("its digest is not that of the index"), std::string::npos);
}

TEST_F(ChartRepositoriesTest, git_repositories_are_passed_on) {
  EXPECT_EQ(*repositories->resolve("https://git.example.com/x.git", "main"), "passed on https://git.example.com/x.git");
}

}  // namespace
}  // namespace taut::registry
