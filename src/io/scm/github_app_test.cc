#include "io/scm/github_app.hh"

#include <gtest/gtest.h>
#include <openssl/evp.h>
#include <openssl/pem.h>

#include "base/base64.hh"
#include "base/strings.hh"
#include "io/net/testing/test_server.hh"
#include "value/json.hh"

namespace taut::scm {
namespace {

struct HandClock : Clock {
  Time now() const override { return time; }
  Time time = *parse_rfc3339("2026-01-02T03:04:05Z");
};

struct TestKey {
  EVP_PKEY* key = EVP_RSA_gen(2048);
  ~TestKey() { EVP_PKEY_free(key); }
  std::string pem() const {
    BIO* out = BIO_new(BIO_s_mem());
    PEM_write_bio_PrivateKey(out, key, nullptr, nullptr, 0, nullptr, nullptr);
    char* text = nullptr;
    long size = BIO_get_mem_data(out, &text);
    std::string pem(text, static_cast<size_t>(size));
    BIO_free(out);
    return pem;
  }
  bool verifies(std::string_view text, const std::string& signature) const {
    EVP_MD_CTX* context = EVP_MD_CTX_new();
    auto bytes = [](std::string_view s) { return reinterpret_cast<const unsigned char*>(s.data()); };
    bool good = EVP_DigestVerifyInit(context, nullptr, EVP_sha256(), nullptr, key) == 1 &&
                EVP_DigestVerify(context, bytes(signature), signature.size(), bytes(text), text.size()) == 1;
    EVP_MD_CTX_free(context);
    return good;
  }
};

TestKey& test_key() {
  static TestKey key;
  return key;
}

std::string from_url_alphabet(std::string_view text) {
  std::string out = replace_all(replace_all(text, "-", "+"), "_", "/");
  while (out.size() % 4 != 0) out += '=';
  return base64_decode(out).value_or("");
}

// GitHub's API as far as apps need it: tokens of an hour by the server's clock.
struct FakeGitHub {
  HandClock clock;
  GitHubAppTokens tokens{clock};
  std::vector<std::string> asked, assertions;
  int status = 201;
  std::mutex mutex;
  net::TestServer server{[this](const net::TestRequest& request, net::TestReply& reply) {
    std::lock_guard lock(mutex);
    asked.push_back(request.method + " " + request.target);
    if (auto it = request.headers.find("authorization"); it != request.headers.end()) assertions.push_back(it->second);
    if (request.target == "/api/v3/users/ann/installation") return reply.send(200, R"({"id":77})");
    if (!contains(request.target, "/access_tokens")) return reply.send(404, R"({"message":"Not Found"})");
    if (status != 201) return reply.send(status, R"({"message":"Integration not found"})");
    Value answer = Value::map({{"token", fmt::format("ghs_{}", asked.size())}, {"expires_at", format_rfc3339(clock.time + std::chrono::hours(1))}});
    reply.send(201, to_json(answer));
  }};

  ScmAccount account(int64_t installation = 42, std::string owner = "") const {
    ScmAccount out;
    out.provider = "github";
    out.app = {.id = 7, .installation = installation, .owner = std::move(owner), .private_key = test_key().pem(),
               .api = fmt::format("http://127.0.0.1:{}/api/v3/", server.port())};
    return out;
  }
};

TEST(GitHubApp, an_assertion_is_signed_with_the_key) {
  HandClock clock;
  auto assertion = app_assertion({.id = 7, .installation = 1, .private_key = test_key().pem()}, clock.time);
  ASSERT_TRUE(assertion) << assertion.error().message();
  auto parts = split(*assertion, '.');
  ASSERT_EQ(parts.size(), 3u);
  EXPECT_EQ(from_url_alphabet(parts[0]), R"({"alg":"RS256","typ":"JWT"})");
  auto claims = parse_json(from_url_alphabet(parts[1]));
  ASSERT_TRUE(claims);
  EXPECT_EQ((*claims)["iss"].as_string(), "7");
  int64_t now = std::chrono::duration_cast<std::chrono::seconds>(clock.time.time_since_epoch()).count();
  EXPECT_EQ((*claims)["iat"].as_int(), now - 30);
  EXPECT_EQ((*claims)["exp"].as_int(), now + 90);
  EXPECT_TRUE(test_key().verifies(fmt::format("{}.{}", parts[0], parts[1]), from_url_alphabet(parts[2])));
}

TEST(GitHubApp, a_token_is_kept_until_shortly_before_it_ends) {
  FakeGitHub github;
  auto first = github.tokens.token(github.account());
  ASSERT_TRUE(first) << first.error().report();
  EXPECT_EQ(*first, "ghs_1");
  EXPECT_EQ(github.asked, (std::vector<std::string>{"POST /api/v3/app/installations/42/access_tokens"}));
  EXPECT_TRUE(github.assertions[0].starts_with("Bearer ey"));
  github.clock.time += std::chrono::minutes(54);
  EXPECT_EQ(*github.tokens.token(github.account()), "ghs_1");
  github.clock.time += std::chrono::minutes(2);
  EXPECT_EQ(*github.tokens.token(github.account()), "ghs_2");
  EXPECT_EQ(*github.tokens.token(github.account(43)), "ghs_3");  // of another installation
}

TEST(GitHubApp, an_installation_is_found_by_its_owner) {
  FakeGitHub github;
  auto token = github.tokens.token(github.account(0, "ann"));
  ASSERT_TRUE(token) << token.error().report();
  EXPECT_EQ(github.asked, (std::vector<std::string>{"GET /api/v3/orgs/ann/installation", "GET /api/v3/users/ann/installation",
                                                    "POST /api/v3/app/installations/77/access_tokens"}));
  auto lost = github.tokens.token(github.account(0, "nobody"));
  ASSERT_FALSE(lost);
  EXPECT_TRUE(contains(lost.error().message(), "ensure the GitHub App (ID: 7) is installed for it")) << lost.error().message();
}

TEST(GitHubApp, faults_tell_no_secrets) {
  FakeGitHub github;
  github.status = 401;
  auto refused = github.tokens.token(github.account());
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code(), Code::kUnauthenticated);
  EXPECT_TRUE(contains(refused.error().report(), "Integration not found")) << refused.error().report();
  for (std::string_view secret : {std::string_view("PRIVATE KEY"), std::string_view(github.assertions[0]).substr(7)})
    EXPECT_FALSE(contains(refused.error().report(), secret));
  github.status = 201;
  EXPECT_FALSE(github.tokens.token(github.account())) << "the answer is that of all who asked in these seconds";
  github.clock.time += std::chrono::seconds(11);
  EXPECT_TRUE(github.tokens.token(github.account()));

  ScmAccount bad = github.account();
  bad.app.private_key = "-----BEGIN RSA PRIVATE KEY-----\nbm8=\n-----END RSA PRIVATE KEY-----\n";
  auto unreadable = github.tokens.token(bad);
  ASSERT_FALSE(unreadable);
  EXPECT_FALSE(contains(unreadable.error().report(), "bm8="));
  bad = github.account();
  bad.app.id = 0;
  EXPECT_FALSE(github.tokens.token(bad));
  EXPECT_FALSE(github.tokens.token(github.account(0, "")));
}

}  // namespace
}  // namespace taut::scm
