#include "kustomize/json_patch.hh"

#include <gtest/gtest.h>

#include "value/json.hh"
#include "yaml/spelling.hh"

namespace taut::kustomize {
namespace {

std::string read(std::string_view text) {
  auto operations = parse_patch6902(text);
  return operations ? to_json(*operations) : operations.error().message();
}

TEST(KustomizeJsonPatch, is_read_as_json_or_as_yaml) {
  EXPECT_EQ(read(R"([{"op":"remove","path":"/a"}])"), R"([{"op":"remove","path":"/a"}])");
  EXPECT_EQ(read("- op: add\n  path: /a\n  value: yes\n"), R"([{"op":"add","path":"/a","value":true}])");
  EXPECT_EQ(read("null"), "[]");
}

TEST(KustomizeJsonPatch, a_flow_list_of_yaml_is_no_json) {
  EXPECT_EQ(read("[{op: remove}]"), "invalid character 'o' looking for beginning of object key string");
  EXPECT_EQ(read("{a: b}"), "json: cannot unmarshal object into Go value of type jsonpatch.Patch");
  EXPECT_EQ(read("- a"), "json: cannot unmarshal string into Go value of type jsonpatch.Operation");
}

TEST(KustomizeJsonPatch, the_target_goes_through_json) {
  Value target = Value::map({{"mode", yaml::make_plain("0644")}, {"when", yaml::make_plain("2024-01-01")}});
  auto out = apply_patch6902(target, *parse_patch6902(R"([{"op":"test","path":"/mode","value":420}])"));
  ASSERT_TRUE(out) << out.error().message();
  EXPECT_EQ(to_json(*out), R"({"mode":420,"when":"2024-01-01T00:00:00Z"})");
}

}  // namespace
}  // namespace taut::kustomize
