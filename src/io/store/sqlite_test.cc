#include "io/store/sqlite.hh"

#include <gtest/gtest.h>

#include <cstdio>
#include <filesystem>
#include <fstream>

namespace taut::store {
namespace {

std::string fresh_path(const char* name) {
  std::string path = (std::filesystem::temp_directory_path() / name).string();
  for (const char* suffix : {"", "-wal", "-shm"}) std::filesystem::remove(path + suffix);
  return path;
}

TEST(Sqlite, keeps_rows_between_openings) {
  std::string path = fresh_path("taut_sqlite_test.db");
  {
    auto db = Database::open(path);
    ASSERT_TRUE(db) << db.error().report();
    ASSERT_TRUE((*db)->execute("CREATE TABLE t (k TEXT PRIMARY KEY, n INTEGER)"));
    auto insert = (*db)->prepare("INSERT INTO t VALUES (?, ?)");
    ASSERT_TRUE(insert);
    EXPECT_TRUE(insert->bind(1, "a").bind(2, int64_t{7}).run());
    EXPECT_TRUE(insert->bind(1, "b").bind(2, int64_t{8}).run());
    EXPECT_FALSE(insert->bind(1, "a").bind(2, int64_t{9}).run());
  }
  auto db = Database::open(path);
  ASSERT_TRUE(db);
  auto select = (*db)->prepare("SELECT k, n FROM t ORDER BY k");
  ASSERT_TRUE(select);
  ASSERT_TRUE(select->step().value_or(false));
  EXPECT_EQ(select->text(0), "a");
  EXPECT_EQ(select->number(1), 7);
}

TEST(Sqlite, says_that_a_file_is_no_database) {
  std::string path = fresh_path("taut_sqlite_bad.db");
  std::ofstream(path) << std::string(4096, 'x');
  auto db = Database::open(path);
  ASSERT_FALSE(db);
  EXPECT_EQ(db.error().code(), Code::kInvalid);
}

TEST(Sqlite, refuses_a_file_that_is_in_use) {
  std::string path = fresh_path("taut_sqlite_busy.db");
  auto first = Database::open(path);
  ASSERT_TRUE(first);
  auto second = Database::open(path);
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code(), Code::kConflict);
}

}  // namespace
}  // namespace taut::store
