#include "object/quantity.hh"

#include <gtest/gtest.h>

namespace taut {
namespace {

std::string stored(std::string_view text) { return *stored_quantity(text, true); }

TEST(Quantity, is_stored_as_the_api_server_does) {
  EXPECT_EQ(stored("0.1"), "100m");
  EXPECT_EQ(stored("1024Ki"), "1Mi");
  EXPECT_EQ(stored("1000"), "1k");
  EXPECT_EQ(stored("0.5Gi"), "512Mi");
  EXPECT_EQ(stored("0.0001"), "1m");
  EXPECT_EQ(stored("1000m"), "1");
  EXPECT_EQ(stored("64Mi"), "64Mi");
  EXPECT_EQ(stored("1Gi"), "1Gi");
}

TEST(Quantity, keeps_texts_that_are_canonical_in_scale) {
  for (const char* text : {"1e3", "1e-3", "+1", "010Mi", "500m", "2", "0"}) EXPECT_EQ(stored(text), text);
}

TEST(Quantity, refuses_in_the_words_of_apimachinery) {
  EXPECT_EQ(Quantity::parse("abc").error().message(),
            "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'");
  EXPECT_EQ(Quantity::parse("1Kii").error().message(), "unable to parse quantity's suffix");
}

TEST(Quantity, adds_and_compares) {
  EXPECT_EQ((*Quantity::parse("500m") + *Quantity::parse("1500m")).to_string(), "2");
  EXPECT_EQ((Quantity() + *Quantity::parse("1Gi")).to_string(), "1Gi");
  EXPECT_LT(*Quantity::parse("1G"), *Quantity::parse("1Gi"));
}

}  // namespace
}  // namespace taut
