#include "io/registry/helm_home.hh"

#include <gtest/gtest.h>

#include "io/registry/chart_downloader.hh"

namespace taut::registry {
namespace {

TEST(HelmHome, repositories_are_read_with_their_logins) {
  auto rows = parse_repositories("apiVersion: \"\"\nrepositories:\n- name: a\n  url: https://x\n  username: u\n  password: p\n"
                                 "  insecure_skip_tls_verify: true\n- null\n- name: b\n  pass_credentials_all: true\n");
  ASSERT_TRUE(rows);
  ASSERT_EQ(rows->size(), 2u);
  EXPECT_EQ((*rows)[0].username, "u");
  EXPECT_TRUE((*rows)[0].insecure);
  EXPECT_TRUE((*rows)[1].pass_credentials);
  EXPECT_TRUE(parse_repositories("")->empty());
  EXPECT_FALSE(parse_repositories("a: ["));
}

TEST(HelmHome, logins_of_registries_are_found_by_their_host) {
  constexpr std::string_view kConfig = R"({"auths":{"https://ghcr.io/v2/":{"auth":"dTpw"},"r.example.com:5000":{"username":"a","password":"b"}}})";
  EXPECT_EQ(find_login(kConfig, "ghcr.io")->password, "p");
  EXPECT_EQ(find_login(kConfig, "r.example.com:5000")->user, "a");
  EXPECT_EQ(find_login(kConfig, "r.example.com")->user, "");
  EXPECT_FALSE(find_login("no", "x"));
}

TEST(ChartDownloader, references_of_archives_are_relative_to_their_repository) {
  EXPECT_EQ(resolve_reference("https://x/charts/", "a-1.tgz"), "https://x/charts/a-1.tgz");
  EXPECT_EQ(resolve_reference("https://x/charts", "/a-1.tgz"), "https://x/a-1.tgz");
  EXPECT_EQ(resolve_reference("https://x", "https://y/a.tgz"), "https://y/a.tgz");
}

TEST(ChartDownloader, archives_are_named_as_helm_names_them) {
  EXPECT_EQ((ChartPlace{"oci://r.example.com:5000/charts/web:1.2.0+b", "", {}, ""}.file_name()), "web-1.2.0+b.tgz");
  EXPECT_EQ((ChartPlace{"https://x/web-1.0.0.tgz?token=1", "", {}, ""}.file_name()), "web-1.0.0.tgz");
}

}  // namespace
}  // namespace taut::registry
