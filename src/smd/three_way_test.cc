#include "smd/three_way.hh"

#include <gtest/gtest.h>

#include "schema/builtin.hh"
#include "smd/strategic.hh"
#include "value/json.hh"

namespace taut::smd {
namespace {

std::string merged(std::string_view original, std::string_view config, std::string_view live) {
  const schema::Type& type = *schema::builtin_type("apps", "v1", "Deployment");
  auto result = three_way_merge(*parse_json(original), *parse_json(config), *parse_json(live), type);
  return result ? to_json(*result) : result.error().message;
}

TEST(ThreeWay, what_others_set_stays_and_what_is_forgotten_goes) {
  EXPECT_EQ(merged(R"({"spec":{"replicas":1,"paused":true}})", R"({"spec":{"replicas":2}})",
                   R"({"spec":{"minReadySeconds":5,"paused":true,"replicas":1}})"),
            R"({"spec":{"minReadySeconds":5,"replicas":2}})");
}

TEST(ThreeWay, containers_are_merged_by_name_in_the_order_of_the_configuration) {
  auto spec = [](const std::string& containers) { return R"({"spec":{"template":{"spec":{"containers":)" + containers + "}}}}"; };
  EXPECT_EQ(merged(spec(R"([{"name":"a","image":"1"},{"name":"gone","image":"1"}])"), spec(R"([{"name":"b","image":"1"},{"name":"a","image":"2"}])"),
                   spec(R"([{"image":"1","name":"a","stdin":true},{"image":"1","name":"gone"},{"image":"3","name":"injected"}])")),
            spec(R"([{"image":"1","name":"b"},{"image":"2","name":"a","stdin":true},{"image":"3","name":"injected"}])"));
}

TEST(ThreeWay, nothing_changes_where_all_is_as_wanted) {
  std::string_view config = R"({"metadata":{"finalizers":["x"],"labels":{"a":"b"}},"spec":{"strategy":{"type":"Recreate"}}})";
  EXPECT_EQ(to_json(*strategic_patch(*parse_json(config), *parse_json(config), *schema::builtin_type("apps", "v1", "Deployment"))), "{}");
}

TEST(ThreeWay, one_patch_changes_what_is_wanted_and_deletes_what_is_forgotten) {
  const schema::Type& type = *schema::builtin_type("apps", "v1", "Deployment");
  auto spec = [](const std::string& containers) { return *parse_json(R"({"spec":{"template":{"spec":{"containers":)" + containers + "}}}}"); };
  Value original = spec(R"([{"name":"a","image":"1","tty":true},{"name":"gone","image":"1"}])");
  Value config = spec(R"([{"name":"b","image":"1"},{"name":"a","image":"2"}])");
  Value live = spec(R"([{"image":"1","name":"a","stdin":true,"tty":true},{"image":"1","name":"gone"},{"image":"3","name":"injected"}])");
  auto patch = three_way_patch(original, config, live, type);
  ASSERT_TRUE(patch) << patch.error().message;
  EXPECT_EQ(to_json(*patch), R"({"spec":{"template":{"spec":{"$setElementOrder/containers":[{"name":"b"},{"name":"a"}],"containers":)"
                             R"([{"image":"1","name":"b"},{"image":"2","name":"a","tty":null},{"$patch":"delete","name":"gone"}]}}}})");
  EXPECT_EQ(to_json(*strategic_merge(live, *patch, type)), to_json(*three_way_merge(original, config, live, type)));
  EXPECT_EQ(to_json(*three_way_patch(config, config, config, type)), "{}");
}

TEST(ThreeWay, fields_that_no_type_knows_are_refused_where_they_must_be_merged) {
  EXPECT_NE(merged("{}", R"({"spec":{"what":{"a":1}}})", R"({"spec":{"what":{"a":2}}})").find("unable to find api field"), std::string::npos);
}

}  // namespace
}  // namespace taut::smd
