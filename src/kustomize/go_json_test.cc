#include "kustomize/go_json.hh"

#include <gtest/gtest.h>

#include "value/blank.hh"
#include "value/json.hh"

namespace taut::kustomize {
namespace {

TEST(GoJson, large_integers_are_rounded_and_nulls_written_out) {
  Value value = Value::map({{"a", Value::list({int64_t{9007199254740993}, 5})}, {"b", uint64_t{12345678901234567890u}},
                            {"c", blank_null()}});
  through_json(value);
  EXPECT_EQ(to_json(value), R"({"a":[9007199254740992,5],"b":12345678901234567000,"c":null})");
  EXPECT_FALSE(is_blank_null(value["c"]));
}

}  // namespace
}  // namespace taut::kustomize
