#include "sandbox/journal.hh"

#include <gtest/gtest.h>

#include <filesystem>

namespace taut::sandbox {
namespace {

Value object(const char* name, int n) {
  return Value::map({{"metadata", Value::map({{"name", name}})}, {"n", n}});
}

TEST(Journal, brings_back_the_newest_state_and_the_counter) {
  std::string path = (std::filesystem::temp_directory_path() / "taut_journal_test.db").string();
  for (const char* suffix : {"", "-wal", "-shm"}) std::filesystem::remove(path + suffix);
  uint64_t last = 0;
  {
    Cluster cluster(100);
    Identity identity{"first", {"ca", "certificate", "key"}, "signs"};
    ASSERT_TRUE(open_journal(cluster, path, identity));
    auto a = cluster.store.put({"things", "ns/a"}, object("a", 1), 0);
    ASSERT_TRUE(a);
    ASSERT_TRUE(cluster.store.put({"things", "ns/a"}, object("a", 2), (*a)->revision()));
    auto b = cluster.store.put({"things", "ns/b"}, object("b", 1), 0);
    ASSERT_TRUE(b);
    ASSERT_TRUE(cluster.store.remove({"things", "ns/b"}, (*b)->revision()));
    last = cluster.store.revision();
  }
  Cluster again(100);
  Identity identity{"second", {"other ca", "other certificate", "other key"}, "other"};
  ASSERT_TRUE(open_journal(again, path, identity));
  EXPECT_EQ(identity.token, "first");
  EXPECT_EQ(identity.tls.key_pem, "key");
  EXPECT_EQ(identity.signing_key, "signs");
  EXPECT_EQ(again.store.revision(), last);
  EXPECT_EQ(again.store.count("things"), 1u);
  ItemPtr a = again.store.get({"things", "ns/a"});
  ASSERT_TRUE(a);
  EXPECT_EQ(a->object()["n"].as_int(), 2);
  EXPECT_EQ(a->object()["metadata"]["resourceVersion"].as_string(), std::to_string(a->revision()));
  // A watch cannot resume from before the restart: what happened there is not known any more.
  std::vector<LogEntryPtr> entries;
  EXPECT_FALSE(again.store.changes_since(a->revision() - 1, 10, entries));
}

}  // namespace
}  // namespace taut::sandbox
