#include "base/shared.hh"

#include <gtest/gtest.h>

#include <string>

namespace taut {
namespace {

TEST(Shared, copies_are_one_value_and_equal_by_content) {
  Shared<std::string> none, text = std::string("a long text that is held once");
  Shared<std::string> copy = text, other = std::string(*text);
  EXPECT_EQ(&*copy, &*text);
  EXPECT_NE(&*other, &*text);
  EXPECT_EQ(other, text);
  EXPECT_EQ(*none, "");
  EXPECT_EQ(none, Shared<std::string>(std::string()));
  copy = std::string("b");
  EXPECT_EQ(*text, "a long text that is held once");
}

}  // namespace
}  // namespace taut
