#include "engine/dependency_graph.hh"

#include <gtest/gtest.h>

namespace taut::engine {
namespace {

using Nodes = std::set<std::string>;

TEST(DependencyGraph, names_a_shortest_way_back) {
  DependencyGraph graph;
  graph.set("a", {"x", "b"});
  graph.set("b", {"c"});
  EXPECT_EQ(graph.describe_cycle("a"), "");
  graph.set("c", {"d", "a"});
  graph.set("d", {"a"});
  EXPECT_EQ(graph.describe_cycle("a"), "dependency cycle: a -> b -> c -> a");
  EXPECT_EQ(graph.describe_cycle("d"), "dependency cycle: d -> a -> b -> c -> d");
  EXPECT_EQ(graph.describe_cycle("x"), "");
  graph.set("a", {});
  EXPECT_EQ(graph.describe_cycle("c"), "");
}

TEST(DependencyGraph, who_waits_for_a_cycle_is_no_part_of_it) {
  DependencyGraph graph;
  graph.set("outside", {"a"});
  graph.set("a", {"a"});
  EXPECT_EQ(graph.describe_cycle("a"), "dependency cycle: a -> a");
  EXPECT_EQ(graph.describe_cycle("outside"), "");
}

TEST(DependencyView, says_for_whom_a_cycle_came_or_went) {
  auto graph = std::make_shared<DependencyGraph>();
  DependencyView view(graph), other(graph);
  EXPECT_EQ(view.set("a", {"b"}), Nodes());
  EXPECT_EQ(other.set("b", {"a"}), (Nodes{"a", "b"}));
  EXPECT_EQ(view.set("b", {"a"}), (Nodes{"a", "b"})) << "seen by the other before";
  EXPECT_EQ(view.set("b", {"a"}), Nodes()) << "as before";
  EXPECT_EQ(view.set("outside", {"a"}), (Nodes{"a", "b"}));
  EXPECT_EQ(view.set("a", {}), (Nodes{"a", "b"}));
  EXPECT_EQ(view.set("c", {"a"}), Nodes());
}

TEST(DependencyView, is_called_when_there_is_something_to_take) {
  auto graph = std::make_shared<DependencyGraph>();
  DependencyView view(graph), other(graph);
  int calls = 0;
  view.on_told([&] { ++calls; });
  view.set("a", {"b"});
  EXPECT_EQ(calls, 0);
  other.set("b", {"a"});
  EXPECT_EQ(calls, 1);
  other.set("b", {});
  EXPECT_EQ(calls, 1) << "it has not taken yet";
  view.take();
  other.set("b", {"a"});
  EXPECT_EQ(calls, 2);
  view.on_told({});
  view.take();
  other.set("b", {});
  view.on_told([&] { ++calls; });
  EXPECT_EQ(calls, 3) << "what it was told before";
  view.on_told({});
}

TEST(DependencyView, hears_of_cycles_that_others_make_and_undo) {
  auto graph = std::make_shared<DependencyGraph>();
  DependencyView view(graph);
  {
    DependencyView other(graph);
    view.set("a", {"b"});
    EXPECT_EQ(view.take(), Nodes());
    other.set("b", {"c"});
    EXPECT_EQ(view.take(), Nodes()) << "no cycle yet";
    other.set("c", {"a"});
    EXPECT_EQ(view.take(), (Nodes{"a", "b", "c"}));
    EXPECT_EQ(view.take(), Nodes());
    other.set("c", {});
    EXPECT_EQ(view.take(), (Nodes{"a", "b", "c"}));
    other.set("c", {"a"});
    view.take();
    EXPECT_EQ(view.set("a", {}), (Nodes{"a", "b", "c"})) << "it closed no cycle itself";
    EXPECT_EQ(other.take(), (Nodes{"a", "b", "c"}));
  }
  EXPECT_EQ(view.set("a", {"b"}), (Nodes{"a", "b", "c"})) << "the other is gone";
}

}  // namespace
}  // namespace taut::engine
