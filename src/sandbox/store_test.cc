#include "sandbox/store.hh"

#include <gtest/gtest.h>

#include "value/json.hh"

namespace taut::sandbox {
namespace {

Value object(const std::string& name, const std::string& value) {
  return Value::map({{"apiVersion", "v1"}, {"kind", "ConfigMap"}, {"metadata", Value::map({{"name", name}})},
                     {"data", Value::map({{"v", value}})}});
}

StoreKey key(const std::string& name) { return StoreKey::of("configmaps", "default", name); }

TEST(Store, lends_one_item_to_all_and_decodes_again_when_it_is_gone) {
  Store store(10);
  ASSERT_TRUE(store.put(key("a"), object("a", "1"), 0));
  // Enough other changes that the first one is not held decoded any more.
  std::string large(100'000, 'x');
  for (int i = 0; i < 30; ++i) ASSERT_TRUE(store.put(key("b" + std::to_string(i)), object("b", large), 0));
  ItemPtr first = store.get(key("a")), second = store.get(key("a"));
  EXPECT_EQ(first, second);
  EXPECT_EQ(first->object()["data"]["v"].as_string(), "1");
  EXPECT_EQ(first->object()["metadata"]["resourceVersion"].as_string(), std::to_string(first->revision()));
}

TEST(Store, lists_the_past_as_far_as_the_log_reaches) {
  Store store(3);
  uint64_t first = (*store.put(key("a"), object("a", "1"), 0))->revision();
  uint64_t second = (*store.put(key("a"), object("a", "2"), first))->revision();
  ASSERT_TRUE(store.remove(key("a"), second));
  auto at_first = store.list("configmaps", "", "", 0, first), now = store.list("configmaps", "", "", 0, 0);
  ASSERT_TRUE(at_first && now);
  ASSERT_EQ(at_first->items.size(), 1u);
  EXPECT_EQ(at_first->items[0]->object()["data"]["v"].as_string(), "1");
  EXPECT_TRUE(now->items.empty());
  ASSERT_TRUE(store.put(key("c"), object("c", "1"), 0));
  ASSERT_TRUE(store.put(key("d"), object("d", "1"), 0));
  auto gone = store.list("configmaps", "", "", 0, first);
  ASSERT_FALSE(gone);
  EXPECT_EQ(gone.error().code(), Code::kGone);
}

TEST(Store, tells_what_changed_also_when_it_is_long_ago) {
  Store store(1000);
  uint64_t start = store.revision();
  std::string large(100'000, 'x');
  uint64_t revision = 0;
  for (int i = 0; i < 30; ++i) revision = (*store.put(key("a"), object("a", large + std::to_string(i)), revision))->revision();
  ASSERT_TRUE(store.remove(key("a"), revision));
  std::vector<LogEntryPtr> entries;
  ASSERT_TRUE(store.changes_since(start, 100, entries));
  ASSERT_EQ(entries.size(), 31u);
  EXPECT_FALSE(entries[0]->before);
  EXPECT_EQ(entries[1]->before->object(), entries[0]->after->object());
  EXPECT_EQ(entries[1]->before->revision(), entries[0]->after->revision());
  EXPECT_FALSE(entries[30]->after);
  EXPECT_EQ(entries[30]->deleted->object()["metadata"]["resourceVersion"].as_string(), std::to_string(revision + 1));
}

}  // namespace
}  // namespace taut::sandbox
