#include <gtest/gtest.h>

#include "server/receiver_check.hh"
#include "server/signature.hh"

namespace taut::server {
namespace {

using Headers = std::vector<std::pair<std::string, std::string>>;

int check(std::string type, Headers headers, std::string body = "{}", std::vector<std::string> events = {}) {
  flux::ReceiverCheck receiver{"apps/hook", std::move(type), std::move(events), "token", true};
  Receivers receivers{[&](std::string_view path) { return path == "/hook/known" ? std::optional(receiver) : std::nullopt; },
                      [](std::string_view) { return Status(); }};
  http::Request request;
  request.method = "POST";
  request.path = "/hook/known";
  request.headers = std::move(headers);
  request.body = std::move(body);
  return make_entry({receiver_route(receivers)})(request).code;
}

std::string signed_by(std::string_view prefix, Digest digest, std::string_view key = "token") {
  return std::string(prefix) + hmac_hex(digest, key, "{}");
}

TEST(Receiver, each_sender_proves_itself_in_its_own_way) {
  EXPECT_EQ(check("generic", {}), 200);
  EXPECT_EQ(check("generic-hmac", {{"X-Signature", signed_by("sha256=", Digest::kSha256)}}), 200);
  EXPECT_EQ(check("generic-hmac", {{"X-Signature", signed_by("sha1=", Digest::kSha1)}}), 200);
  EXPECT_EQ(check("generic-hmac", {{"X-Signature", signed_by("sha512=", Digest::kSha512)}}), 200);
  EXPECT_EQ(check("gitlab", {{"X-Gitlab-Token", "token"}}), 200);
  EXPECT_EQ(check("harbor", {{"Authorization", "token"}}), 200);
  EXPECT_EQ(check("nexus", {{"X-Nexus-Webhook-Signature", signed_by("", Digest::kSha1)}}), 200);
  for (const char* type : {"dockerhub", "quay", "acr"}) EXPECT_EQ(check(type, {}), 200);
  Headers json = {{"Content-Type", "application/json; charset=utf-8"}, {"X-Hub-Signature-256", signed_by("sha256=", Digest::kSha256)}};
  for (const char* type : {"github", "bitbucket"}) EXPECT_EQ(check(type, json), 200);
}

TEST(Receiver, who_does_not_know_the_token_is_not_heard) {
  EXPECT_EQ(check("generic-hmac", {}), 400);
  EXPECT_EQ(check("generic-hmac", {{"X-Signature", signed_by("sha256=", Digest::kSha256, "guess")}}), 400);
  EXPECT_EQ(check("generic-hmac", {{"X-Signature", signed_by("md5=", Digest::kSha256)}}), 400);
  EXPECT_EQ(check("github", {{"Content-Type", "application/json"}}), 400);
  EXPECT_EQ(check("github", {{"Content-Type", "text/plain"}, {"X-Hub-Signature", signed_by("sha1=", Digest::kSha1)}}), 400);
  EXPECT_EQ(check("gitlab", {{"X-Gitlab-Token", "guess"}}), 400);
  EXPECT_EQ(check("harbor", {}), 400);
  EXPECT_EQ(check("nexus", {{"X-Nexus-Webhook-Signature", signed_by("", Digest::kSha256)}}), 400);
  EXPECT_EQ(check("quay", {}, "no JSON"), 400);
  EXPECT_EQ(check("gcr", {}), 400);
}

TEST(Receiver, only_listed_events_are_heard) {
  Headers push = {{"X-Gitlab-Token", "token"}, {"X-Gitlab-Event", "Push Hook"}};
  EXPECT_EQ(check("gitlab", push, "{}", {"push hook", "Tag Push Hook"}), 200);
  EXPECT_EQ(check("gitlab", push, "{}", {"Tag Push Hook"}), 400);
}

TEST(Receiver, other_paths_and_states_have_their_codes) {
  flux::ReceiverCheck receiver{"apps/hook", "generic", {}, "token", false};
  Receivers receivers{[&](std::string_view path) { return path == "/hook/known" ? std::optional(receiver) : std::nullopt; },
                      [](std::string_view) -> Status { return fail(Code::kInvalid, "apiVersion must be specified"); }};
  auto handler = make_entry({receiver_route(receivers)});
  http::Request request;
  request.path = "/hook/other";
  EXPECT_EQ(handler(request).code, 404);
  request.path = "/hook/known";
  EXPECT_EQ(handler(request).code, 503);
  receiver.answers = true;
  EXPECT_EQ(handler(request).code, 500);
  request.body = std::string(kMostReceived + 1, ' ');
  EXPECT_EQ(handler(request).code, 413);
  request.body.clear();
  request.query = "a=b";
  EXPECT_EQ(handler(request).code, 404);
}

}  // namespace
}  // namespace taut::server
