#include "cli/planning.hh"

#include <gtest/gtest.h>

#include "port/fake_cluster.hh"
#include "value/json.hh"

namespace taut::cli {
namespace {

Value secret(std::string_view password) {
  return *parse_json(fmt::format(R"({{"apiVersion":"v1","kind":"Secret","metadata":{{"name":"db"}},"data":{{"password":"{}","user":"YWRtaW4="}}}})", password));
}

render::Rendered rendered(std::string_view password) {
  render::Rendered out;
  out.objects.push_back({.object = secret(password), .generated = {"/data/password"}});
  return out;
}

TEST(Planning, what_is_made_at_random_stays_as_it_is_in_the_cluster) {
  FakeCluster cluster;
  auto first = plan_objects(cluster, rendered("Zmlyc3Q="), "default", "taut");
  ASSERT_TRUE(first) << first.error().message();
  ASSERT_EQ(first->changes(), 1u);
  EXPECT_EQ(first->steps[0].desired["data"]["password"].as_string(), "Zmlyc3Q=");
  ASSERT_TRUE(cluster.write(apply_request(first->steps[0].desired, "taut", false)));
  auto second = plan_objects(cluster, rendered("c2Vjb25k"), "default", "taut");
  ASSERT_TRUE(second);
  EXPECT_EQ(second->changes(), 0u);
  render::Rendered plain = rendered("c2Vjb25k");
  plain.objects[0].generated.clear();
  EXPECT_EQ(plan_objects(cluster, std::move(plain), "default", "taut")->changes(), 1u);
}

}  // namespace
}  // namespace taut::cli
