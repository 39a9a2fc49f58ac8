#include "value/interner.hh"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <thread>
#include <vector>

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

TEST(Interner, texts_that_come_again_are_held_once) {
  Interner interner;
  Value a = interner.share(read(R"({"time":"2026-11-23T14:06:12Z","id":1})"));
  Value b = interner.share(read(R"({"time":"2026-11-23T14:06:12Z","id":2})"));
  EXPECT_TRUE(a["time"].same(b["time"]));
}

TEST(Interner, what_was_seen_once_makes_way_and_what_was_given_stays) {
  Interner interner(8);
  std::vector<Value> given;
  for (int i = 0; i < 1000; ++i) given.push_back(interner.share(Value::map({{"i", Value::list({i})}})));
  for (int i = 0; i < 1000; ++i) EXPECT_EQ(to_json(given[static_cast<size_t>(i)]), fmt::format(R"({{"i":[{}]}})", i));
}

TEST(Interner, works_on_after_it_has_forgotten) {
  Interner interner;
  Value a = interner.share(read(R"({"a":[{"b":1}]})"));
  interner.clear();
  Value b = interner.share(read(R"({"a":[{"b":1}]})"));
  EXPECT_EQ(a, b);
  EXPECT_TRUE(interner.share(read(R"({"a":[{"b":1}]})")).same(b));
}

// Many readers bring what is alike at once, while somebody has it forget.
TEST(Interner, serves_several_threads) {
  Interner interner(64);
  std::vector<std::vector<Value>> given(4);
  std::vector<std::thread> threads;
  for (std::vector<Value>& mine : given)
    threads.emplace_back([&interner, &mine] {
      for (int i = 0; i < 500; ++i) {
        std::string text = fmt::format(R"({{"metadata":{{"name":"app-{0}","labels":{{"part-of":"bench"}}}},"spec":{{"replicas":{0}}}}})", i % 50);
        mine.push_back(interner.share(read(text.c_str())));
        if (i % 100 == 99) interner.clear();
      }
    });
  for (auto& thread : threads) thread.join();
  for (const auto& mine : given)
    for (int i = 0; i < 500; ++i) {
      const Value& value = mine[static_cast<size_t>(i)];
      EXPECT_EQ(to_json(value), fmt::format(R"({{"metadata":{{"labels":{{"part-of":"bench"}},"name":"app-{0}"}},"spec":{{"replicas":{0}}}}})", i % 50));
      EXPECT_EQ(value, given[0][static_cast<size_t>(i)]);
    }
}

}  // namespace
}  // namespace taut
