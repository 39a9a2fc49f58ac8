#include "base/lazy_library.hh"

#include <gtest/gtest.h>

#include <cmath>
#include <string>

namespace {

// The table as tools/lazy_library.py writes it: distances, then the names.
struct Names {
  int32_t at[2];
  char cos[4];
  char pow[4];
};
const Names kNames{{offsetof(Names, cos), offsetof(Names, pow)}, "cos", "pow"};

TEST(LazyLibrary, AFunctionIsFoundByItsIndexAndKeptInItsSlot) {
  void* slots[2] = {};
  auto* pow = reinterpret_cast<double (*)(double, double)>(taut_lazy_resolve("libm.so.6", kNames.at, slots, 1));
  EXPECT_EQ(pow(2, 10), 1024);
  EXPECT_EQ(slots[0], nullptr);
  EXPECT_EQ(slots[1], reinterpret_cast<void*>(pow));
}

TEST(LazyLibraryDeathTest, AMissingLibraryEndsTheProgramInTheWordsOfTheLoader) {
  void* slots[2] = {};
  EXPECT_EXIT(taut_lazy_resolve("libtaut-none.so.1", kNames.at, slots, 0), testing::ExitedWithCode(127),
              "taut: error while loading shared libraries: libtaut-none.so.1: cannot open shared object file");
}

}  // namespace
