#include "sandbox/faults.hh"

#include <gtest/gtest.h>

namespace taut::sandbox {
namespace {

Response ask(Faults& faults, const std::string& verb, const std::string& path) {
  Request request;
  request.path = path;
  RequestInfo info;
  info.verb = verb;
  return faults.apply(request, info, [] { return Response{}; });
}

TEST(Faults, apply_by_verb_path_and_count) {
  Faults faults;
  ASSERT_TRUE(faults.load("# two failures\nget,list /api/v1/pods* error=503 count=2\n"));
  EXPECT_EQ(ask(faults, "create", "/api/v1/pods").code, 200);
  EXPECT_EQ(ask(faults, "get", "/api/v1/nodes").code, 200);
  EXPECT_EQ(ask(faults, "get", "/api/v1/pods/a").code, 503);
  EXPECT_EQ(ask(faults, "list", "/api/v1/pods").code, 503);
  EXPECT_EQ(ask(faults, "get", "/api/v1/pods/a").code, 200);
}

TEST(Faults, are_the_same_for_the_same_seed) {
  std::vector<int> runs[2];
  for (auto& codes : runs) {
    Faults faults;
    ASSERT_TRUE(faults.load("seed 42\n* * error=500 p=0.3\n"));
    for (int i = 0; i < 50; ++i) codes.push_back(ask(faults, "get", "/x").code);
  }
  EXPECT_EQ(runs[0], runs[1]);
  EXPECT_NE(std::count(runs[0].begin(), runs[0].end(), 500), 0);
  EXPECT_NE(std::count(runs[0].begin(), runs[0].end(), 200), 0);
}

TEST(Faults, ask_to_come_again) {
  Faults faults;
  ASSERT_TRUE(faults.load("* * too-many=2s"));
  Response response = ask(faults, "get", "/x");
  EXPECT_EQ(response.code, 429);
  EXPECT_EQ(response.headers.at(0), (std::pair<std::string, std::string>{"Retry-After", "2"}));
}

TEST(Faults, a_bad_rule_names_its_line) {
  Faults faults;
  auto loaded = faults.load("* * reset\n* * explode\n");
  ASSERT_FALSE(loaded);
  EXPECT_EQ(loaded.error().position().line, 2u);
}

}  // namespace
}  // namespace taut::sandbox
