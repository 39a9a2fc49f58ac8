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
  for (const char* suffix : {"", "-wal", "-shm", "-log"}) std::filesystem::remove(path + suffix);
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

// The state of a file after so many writes, when the process is killed: the copies are what a killed process leaves.
class Killed : public testing::Test {
 protected:
  Killed() { remove_all(); }
  ~Killed() override { remove_all(); }
  void remove_all() {
    for (const std::string& path : {path_, copy_})
      for (const char* suffix : {"", "-wal", "-shm", "-log"}) std::filesystem::remove(path + suffix);
  }
  void write(int from, int to, Cluster& cluster) {
    for (int i = from; i < to; ++i)
      ASSERT_TRUE(cluster.store.put({"things", "ns/" + std::to_string(i)}, Value::map({{"n", i}, {"pad", std::string(2000, 'x')}}), 0));
  }
  void copy(std::initializer_list<const char*> suffixes) {
    for (const char* suffix : suffixes)
      if (std::filesystem::exists(path_ + suffix)) std::filesystem::copy_file(path_ + suffix, copy_ + suffix);
  }

  std::string path_ = (std::filesystem::temp_directory_path() / "taut_journal_killed.db").string(), copy_ = path_ + ".copy";
  Identity identity_{"token", {"ca", "certificate", "key"}, "signs"};
};

TEST_F(Killed, leaves_what_was_written_in_the_log_and_in_the_database) {
  constexpr int kWrites = 1300;  // more than two transactions of them
  Cluster cluster(100);
  ASSERT_TRUE(open_journal(cluster, path_, identity_));
  write(0, kWrites, cluster);
  copy({"", "-wal", "-log"});
  ASSERT_GT(std::filesystem::file_size(copy_ + "-log"), 0u);
  Cluster again(100);
  ASSERT_TRUE(open_journal(again, copy_, identity_));
  EXPECT_EQ(again.store.count("things"), size_t{kWrites});
  EXPECT_EQ(again.store.revision(), cluster.store.revision());
  EXPECT_EQ(std::filesystem::file_size(copy_ + "-log"), 0u);
}

TEST_F(Killed, does_not_mix_up_the_log_of_another_file) {
  Cluster cluster(100);
  ASSERT_TRUE(open_journal(cluster, path_, identity_));
  write(0, 3, cluster);
  copy({"-log"});
  Cluster other(100);
  Identity identity{"token", {"ca", "certificate", "key"}, "signs otherwise"};
  ASSERT_TRUE(open_journal(other, copy_, identity));
  EXPECT_EQ(other.store.count("things"), 0u);
}

}  // namespace
}  // namespace taut::sandbox
