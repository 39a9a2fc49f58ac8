#include "value/interner.hh"

#include <gtest/gtest.h>

#include "value/json.hh"

namespace taut {
namespace {

Value read(const char* text) { return *parse_json(text); }

TEST(Interner, equal_parts_of_different_documents_become_one) {
  Interner interner;
  Value a = interner.share(read(R"({"metadata":{"name":"a"},"spec":{"ports":[{"port":80}],"type":"ClusterIP"}})"));
  Value b = interner.share(read(R"({"metadata":{"name":"b"},"spec":{"ports":[{"port":80}],"type":"LoadBalancer"}})"));
  EXPECT_TRUE(a["spec"]["ports"].same(b["spec"]["ports"]));
  EXPECT_EQ(to_json(b), R"({"metadata":{"name":"b"},"spec":{"ports":[{"port":80}],"type":"LoadBalancer"}})");
  EXPECT_TRUE(a.same(interner.share(read(R"({"metadata":{"name":"a"},"spec":{"ports":[{"port":80}],"type":"ClusterIP"}})"))));
}

TEST(Interner, an_edit_of_one_leaves_the_other_as_it_is) {
  Interner interner;
  Value a = interner.share(read(R"({"spec":{"replicas":1}})"));
  Value b = interner.share(read(R"({"spec":{"replicas":1}})"));
  b.edit("spec").set("replicas", 2);
  EXPECT_EQ(to_json(a), R"({"spec":{"replicas":1}})");
  EXPECT_EQ(to_json(interner.share(read(R"({"spec":{"replicas":1}})"))), R"({"spec":{"replicas":1}})");
}

TEST(Interner, a_sweep_lets_go_of_what_nobody_holds) {
  Interner interner;
  Value kept = interner.share(read(R"({"a":[{"b":1}]})"));
  {
    Value gone = interner.share(read(R"({"a":[{"b":1}],"c":[{"d":{"e":2}}]})"));
    EXPECT_EQ(interner.size(), 7u);
  }
  interner.sweep();
  EXPECT_EQ(interner.size(), 3u);
  EXPECT_EQ(to_json(kept), R"({"a":[{"b":1}]})");
}

TEST(Interner, stays_as_small_as_what_is_held) {
  Interner interner;
  for (int i = 0; i < 20'000; ++i) (void)interner.share(Value::map({{"i", Value::list({i})}}));
  EXPECT_LE(interner.size(), 4097u);
}

}  // namespace
}  // namespace taut
