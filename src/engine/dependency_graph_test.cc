#include "engine/dependency_graph.hh"

#include <gtest/gtest.h>

namespace taut::engine {
namespace {

TEST(DependencyGraph, names_a_shortest_way_back) {
  DependencyGraph graph;
  EXPECT_TRUE(graph.set("a", {"x", "b"}));
  EXPECT_TRUE(graph.set("b", {"c"}));
  EXPECT_EQ(graph.cycle("a"), "");
  EXPECT_TRUE(graph.set("c", {"d", "a"}));
  EXPECT_TRUE(graph.set("d", {"a"}));
  EXPECT_EQ(graph.cycle("a"), "a -> b -> c -> a");
  EXPECT_EQ(graph.cycle("d"), "d -> a -> b -> c -> d");
  EXPECT_EQ(graph.cycle("x"), "");
  EXPECT_FALSE(graph.set("d", {"a"})) << "as before";
  EXPECT_TRUE(graph.erase("a"));
  EXPECT_FALSE(graph.erase("a"));
  EXPECT_EQ(graph.cycle("c"), "");
}

TEST(DependencyGraph, who_waits_for_a_cycle_is_no_part_of_it) {
  DependencyGraph graph;
  graph.set("outside", {"a"});
  graph.set("a", {"a"});
  EXPECT_EQ(graph.cycle("a"), "a -> a");
  EXPECT_EQ(graph.cycle("outside"), "");
}

}  // namespace
}  // namespace taut::engine
