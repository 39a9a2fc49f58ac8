#include "port/namespaced_cluster.hh"

#include <gtest/gtest.h>

#include "port/fake_cluster.hh"
#include "value/json.hh"

namespace taut {
namespace {

const Gvk kMap{"", "v1", "ConfigMap"};
const Gvk kNamespace{"", "v1", "Namespace"};

Value map(std::string_view ns, std::string_view name) {
  return *parse_json(fmt::format(R"({{"apiVersion":"v1","kind":"ConfigMap","metadata":{{"namespace":"{}","name":"{}"}}}})", ns, name));
}

struct World {
  World() {
    for (const char* ns : {"a", "b", "c"}) real->put(map(ns, "m"));
  }
  std::shared_ptr<FakeCluster> real = std::make_shared<FakeCluster>();
};

TEST(NamespacedCluster, sees_its_namespaces_and_no_other) {
  World world;
  NamespacedCluster cluster(world.real, {"a", "b"}, false);
  auto list = cluster.list(kMap, {});
  ASSERT_TRUE(list);
  EXPECT_EQ(list->items.size(), 2u);
  EXPECT_TRUE(cluster.get({kMap, "b", "m"}));
  auto other = cluster.get({kMap, "c", "m"});
  ASSERT_FALSE(other);
  EXPECT_EQ(other.error().message(), "namespace \"c\" for ConfigMap \"m\" is not managed");
  auto none = cluster.get({kNamespace, "", "a"});
  ASSERT_FALSE(none);
  EXPECT_EQ(none.error().message(), "cluster level Namespace \"a\" can not be managed when in namespaced mode");
  EXPECT_TRUE(NamespacedCluster(world.real, {"a"}, true).get({kNamespace, "", "a"}));
}

TEST(NamespacedCluster, a_watch_is_synced_when_each_namespace_is) {
  World world;
  NamespacedCluster cluster(world.real, {"a", "b"}, false);
  std::vector<std::string> heard;
  auto watch = cluster.watch(kMap, {}, [&](WatchEvent event) {
    static constexpr const char* kNames[] = {"added", "modified", "deleted", "synced", "failed"};
    std::string name = kNames[static_cast<int>(event.type)];
    heard.push_back(event.object.is_null() ? name : name + " " + std::string(namespace_of(event.object)));
  });
  EXPECT_EQ(heard, (std::vector<std::string>{"added a", "added b", "synced"}));
  heard.clear();
  world.real->put(map("c", "n"));
  world.real->put(map("b", "n"));
  EXPECT_EQ(heard, (std::vector<std::string>{"added b"}));
  heard.clear();
  world.real->break_watches(Error(Code::kUnavailable, "gone"));
  world.real->restore_watches();
  EXPECT_EQ(heard, (std::vector<std::string>{"failed", "synced"}));
}

TEST(NamespacedCluster, kinds_without_a_namespace_cannot_be_watched) {
  World world;
  NamespacedCluster cluster(world.real, {"a"}, false);
  std::string why;
  auto watch = cluster.watch(kNamespace, {}, [&](WatchEvent event) { why = event.error ? event.error->message() : ""; });
  EXPECT_EQ(why, "cluster level Namespace can not be managed when in namespaced mode");
}

}  // namespace
}  // namespace taut
