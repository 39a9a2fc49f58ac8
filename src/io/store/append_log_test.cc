#include "io/store/append_log.hh"

#include <gtest/gtest.h>

#include <filesystem>
#include <vector>

namespace taut::store {
namespace {

std::string fresh_path(const char* name) {
  std::string path = (std::filesystem::temp_directory_path() / name).string();
  std::filesystem::remove(path);
  return path;
}

std::vector<std::string> records(const AppendLog& log) {
  std::vector<std::string> out;
  auto read = log.read([&](std::string_view record) -> Status {
    out.emplace_back(record);
    return {};
  });
  EXPECT_TRUE(read);
  return out;
}

TEST(AppendLog, keeps_records_between_openings_until_it_is_cleared) {
  std::string path = fresh_path("taut_append_log_test");
  {
    auto log = AppendLog::open(path);
    ASSERT_TRUE(log);
    EXPECT_TRUE((*log)->append("one ", "record"));
    EXPECT_TRUE((*log)->append("", ""));
    EXPECT_TRUE((*log)->append("", std::string(100'000, 'x')));
  }
  auto log = AppendLog::open(path);
  ASSERT_TRUE(log);
  EXPECT_EQ(records(**log), (std::vector<std::string>{"one record", "", std::string(100'000, 'x')}));
  EXPECT_TRUE((*log)->clear());
  EXPECT_EQ((*log)->size(), 0u);
  EXPECT_TRUE(records(**log).empty());
  EXPECT_TRUE((*log)->append("again", ""));
  EXPECT_EQ(records(**log), std::vector<std::string>{"again"});
}

// A process can be killed in the middle of a write.
TEST(AppendLog, ignores_a_record_that_was_cut_off_wherever_that_was) {
  std::string path = fresh_path("taut_append_log_cut");
  uint64_t first = 0, all = 0;
  {
    auto log = AppendLog::open(path);
    ASSERT_TRUE(log);
    EXPECT_TRUE((*log)->append("first", ""));
    first = (*log)->size();
    EXPECT_TRUE((*log)->append("second", ""));
    all = (*log)->size();
  }
  for (uint64_t size = all - 1; size >= first; --size) {
    std::filesystem::resize_file(path, size);
    auto log = AppendLog::open(path);
    ASSERT_TRUE(log);
    EXPECT_EQ(records(**log), std::vector<std::string>{"first"}) << size;
  }
}

TEST(AppendLog, ignores_what_is_no_record) {
  std::string path = fresh_path("taut_append_log_zeros");
  {
    auto log = AppendLog::open(path);
    ASSERT_TRUE(log);
    EXPECT_TRUE((*log)->append("first", ""));
  }
  std::filesystem::resize_file(path, 4096);  // zeros, as after a power cut
  auto log = AppendLog::open(path);
  ASSERT_TRUE(log);
  EXPECT_EQ(records(**log), std::vector<std::string>{"first"});
}

}  // namespace
}  // namespace taut::store
