#include "smd/strategic.hh"

#include <gtest/gtest.h>

#include "schema/builtin.hh"
#include "value/json.hh"

namespace taut::smd {
namespace {

Value json(std::string_view text) { return parse_json(text).value_or(Value()); }

// The pod spec that a patch of a pod spec leaves, or the refusal.
std::string patched(std::string_view original, std::string_view patch, const char* type = "api.core.v1.PodSpec") {
  auto out = strategic_merge(json(original), json(patch), *schema::builtin_definition(type));
  return out ? to_json(*out) : fmt::format("{}: {}", out.error().code, out.error().message);
}

constexpr const char* kContainer = "api.core.v1.Container";

TEST(Strategic, merges_lists_by_key) {
  EXPECT_EQ(patched(R"({"env":[{"name":"A","value":"1"},{"name":"B","value":"2"}]})",
                    R"({"env":[{"name":"B","value":"3"},{"name":"C","value":"4"}]})", kContainer),
            R"({"env":[{"name":"A","value":"1"},{"name":"B","value":"3"},{"name":"C","value":"4"}]})");
}

TEST(Strategic, replaces_lists_without_a_rule_and_removes_nulls) {
  EXPECT_EQ(patched(R"({"args":["a"],"image":"x"})", R"({"args":["b"],"image":null})", kContainer), R"({"args":["b"]})");
}

TEST(Strategic, directives_delete_and_replace) {
  EXPECT_EQ(patched(R"({"env":[{"name":"A"},{"name":"B"}]})", R"({"env":[{"name":"A","$patch":"delete"}]})", kContainer),
            R"({"env":[{"name":"B"}]})");
  EXPECT_EQ(patched(R"({"env":[{"name":"A"},{"name":"B"}]})", R"({"env":[{"$patch":"replace"},{"name":"C"}]})", kContainer),
            R"({"env":[{"name":"C"}]})");
  EXPECT_EQ(patched(R"({"securityContext":{"runAsUser":1}})", R"({"securityContext":{"$patch":"replace","runAsGroup":2}})"),
            R"({"securityContext":{"runAsGroup":2}})");
  EXPECT_EQ(patched(R"({"env":[{"name":"A"}]})", R"({"env":[{"name":"A","$patch":"bogus"}]})", kContainer),
            "500: unknown patch type: bogus in map: map[$patch:bogus name:A]");
}

TEST(Strategic, retain_keys_drops_what_it_does_not_name) {
  EXPECT_EQ(patched(R"({"volumes":[{"name":"v","emptyDir":{}}]})",
                    R"({"volumes":[{"name":"v","$retainKeys":["name","configMap"],"configMap":{"name":"c"}}]})"),
            R"({"volumes":[{"configMap":{"name":"c"},"name":"v"}]})");
  EXPECT_EQ(patched(R"({"volumes":[{"name":"v"}]})", R"({"volumes":[{"name":"v","$retainKeys":["x"],"emptyDir":{}}]})"),
            "400: invalid patch format of retainKeys");
}

TEST(Strategic, set_element_order_moves_items) {
  EXPECT_EQ(patched(R"({"env":[{"name":"A"},{"name":"S"},{"name":"B"}]})",
                    R"({"$setElementOrder/env":[{"name":"B"},{"name":"A"}],"env":[{"name":"A","value":"1"}]})", kContainer),
            R"({"env":[{"name":"S"},{"name":"B"},{"name":"A","value":"1"}]})");
  EXPECT_EQ(patched(R"({"env":[{"name":"A"}]})",
                    R"({"$setElementOrder/env":[{"name":"B"}],"env":[{"name":"C","value":"3"}]})", kContainer),
            "500: The order in patch list:\n[map[name:C value:3]]\n doesn't match $setElementOrder list:\n[map[name:B]]\n");
}

TEST(Strategic, new_items_of_primitive_lists_come_first) {
  const char* meta = "apimachinery.pkg.apis.meta.v1.ObjectMeta";
  EXPECT_EQ(patched(R"({"finalizers":["a","b"]})", R"({"finalizers":["c"]})", meta), R"({"finalizers":["c","a","b"]})");
  EXPECT_EQ(patched(R"({"finalizers":["a","b"]})", R"({"$deleteFromPrimitiveList/finalizers":["a"]})", meta),
            R"({"finalizers":["b"]})");
}

TEST(Strategic, items_need_their_merge_key) {
  EXPECT_EQ(patched(R"({"env":[{"name":"A"}]})", R"({"env":[{"value":"x"}]})", kContainer),
            "500: map: map[value:x] does not contain declared merge key: name");
}

}  // namespace
}  // namespace taut::smd
