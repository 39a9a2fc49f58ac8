#include "sandbox/audit.hh"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "value/json.hh"

namespace taut::sandbox {
namespace {

Request put_secret() {
  Request request;
  request.method = "PUT";
  request.path = "/api/v1/namespaces/n/secrets/s";
  request.query = "fieldManager=m";
  request.headers = {{"Authorization", "Bearer hidden-token"}, {"User-Agent", "kubectl/v1.35.2"}};
  request.body = R"({"stringData":{"password":"hidden-password"}})";
  return request;
}

TEST(Audit, an_event_says_who_asked_for_what) {
  const Request request = put_secret();
  const Query query(request.query);
  const RequestInfo info = parse_request(request, query);
  Response response;
  response.code = 403;
  const User user{.name = "jane", .uid = "", .groups = {"system:authenticated"}};
  const Value event = audit_object({request, info, user, response, "an-id", false, Time(), Time()});
  EXPECT_EQ(to_json(event["objectRef"]), R"({"apiVersion":"v1","name":"s","namespace":"n","resource":"secrets"})");
  EXPECT_EQ(to_json(event["user"]), R"({"groups":["system:authenticated"],"username":"jane"})");
  EXPECT_EQ(event["annotations"]["authorization.k8s.io/decision"].as_string(), "forbid");
  EXPECT_EQ(event["requestURI"].as_string(), "/api/v1/namespaces/n/secrets/s?fieldManager=m");
  EXPECT_EQ(event["responseStatus"]["code"].as_int(), 403);
  EXPECT_EQ(event["verb"].as_string(), "update");
  EXPECT_FALSE(event.find("sourceIPs"));
}

TEST(Audit, an_event_says_where_it_came_from_through_proxies_too) {
  Request request = put_secret();
  request.client = "127.0.0.1";
  request.headers.emplace_back("X-Forwarded-For", "203.0.113.7, 10.0.0.1");
  const Query query(request.query);
  const Value event = audit_object({request, parse_request(request, query), User(), Response(), "an-id", true, Time(), Time()});
  EXPECT_EQ(to_json(event["sourceIPs"]), R"(["203.0.113.7","10.0.0.1","127.0.0.1"])");
}

TEST(Audit, neither_tokens_nor_contents_are_written) {
  const Request request = put_secret();
  const Query query(request.query);
  const RequestInfo info = parse_request(request, query);
  const Response response;
  const User user{.name = "jane"};
  const std::string path = testing::TempDir() + "/audit.log";
  std::filesystem::remove(path);
  {
    auto log = AuditLog::open(path);
    ASSERT_TRUE(log);
    (*log)->write({request, info, user, response, "an-id", true, Time(), Time()});
  }
  std::ifstream file(path);
  std::string line;
  ASSERT_TRUE(std::getline(file, line));
  EXPECT_TRUE(parse_json(line));
  EXPECT_EQ(line.find("hidden"), std::string::npos) << line;
  EXPECT_EQ(std::filesystem::status(path).permissions() & std::filesystem::perms::others_read, std::filesystem::perms::none);
}

TEST(Audit, a_file_that_cannot_be_opened_is_said) {
  EXPECT_FALSE(AuditLog::open("/nowhere/audit.log"));
}

}  // namespace
}  // namespace taut::sandbox
