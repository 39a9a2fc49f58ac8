#include "preview/snapshot.hh"

#include <gtest/gtest.h>

#include "port/fake_cluster.hh"
#include "tree/memory.hh"

namespace taut::preview {
namespace {

std::vector<std::string> names(const Snapshot& snapshot) {
  std::vector<std::string> out;
  for (const Value& object : snapshot.objects) out.push_back(ObjectId::of(object).to_string());
  return out;
}

Snapshot read(std::initializer_list<std::pair<const char*, const char*>> files, ReadOptions options = {}) {
  MemoryTreeBuilder builder;
  for (auto [path, text] : files) EXPECT_TRUE(builder.file(path, text));
  auto snapshot = read_folder(*builder.build(), options);
  EXPECT_TRUE(snapshot);
  return snapshot.value_or(Snapshot{});
}

TEST(SnapshotOfFiles, takes_objects_streams_and_lists_at_any_depth) {
  Snapshot found = read({{"a.yaml", "apiVersion: v1\nkind: Namespace\nmetadata: {name: x}\n---\n# nothing\n---\napiVersion: v1\nkind: ConfigMap\n"
                                    "metadata: {name: c, namespace: x}\n"},
                         {"deep/er/list.yml", "apiVersion: v1\nkind: List\nitems:\n- apiVersion: v1\n  kind: PodList\n  items:\n  - metadata: {name: p, namespace: x}\n"},
                         {"one.json", R"({"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"d","namespace":"n"}})"},
                         {".git/x.yaml", "a: 1"},
                         {"README.md", "no: manifest"}});
  EXPECT_EQ(names(found), (std::vector<std::string>{"/Namespace//x", "/ConfigMap/x/c", "/Pod/x/p", "apps/Deployment/n/d"}));
  EXPECT_TRUE(found.troubles.empty());
}

TEST(SnapshotOfFiles, names_what_cannot_be_read_and_goes_on) {
  Snapshot found = read({{"bad.yaml", "a: b: c\n"},
                         {"good.yaml", "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c}\n---\nvalues: 1\n"},
                         {"worse.json", "{"}});
  EXPECT_EQ(names(found), std::vector<std::string>{"/ConfigMap//c"});
  ASSERT_EQ(found.troubles.size(), 3u);
  EXPECT_EQ(found.troubles[0].place, "bad.yaml:1");
  EXPECT_EQ(found.troubles[1].place, "good.yaml:5");
  EXPECT_EQ(found.troubles[1].message, "no Kubernetes object: it has no apiVersion or no kind");
  EXPECT_TRUE(found.troubles[2].place.starts_with("worse.json"));
}

TEST(SnapshotOfFiles, leaves_secrets_out_when_asked_to) {
  Snapshot found = read({{"s.yaml", "apiVersion: v1\nkind: Secret\nmetadata: {name: s}\n"}}, {.secrets = false});
  EXPECT_TRUE(found.objects.empty());
  EXPECT_EQ(found.left_out.at("Secret"), "as asked");
}

TEST(SnapshotOfACluster, only_reads_and_tells_what_it_may_not_see) {
  FakeCluster cluster;
  cluster.put(Value::map({{"apiVersion", "v1"}, {"kind", "ConfigMap"}, {"metadata", Value::map({{"name", "c"}, {"namespace", "default"}})}}));
  cluster.fail_always(Error(Code::kForbidden, "secrets is forbidden"),
                      [](const FakeCluster::Call& call) { return call.verb == "list" && call.ref.gvk.kind == "Secret"; });
  auto found = read_cluster(cluster, {});
  ASSERT_TRUE(found);
  std::vector<std::string> all = names(*found);
  EXPECT_NE(std::find(all.begin(), all.end(), "/ConfigMap/default/c"), all.end());
  ASSERT_EQ(found->troubles.size(), 1u);
  EXPECT_EQ(found->troubles[0].place, "Secret");
  EXPECT_EQ(found->troubles[0].message, "secrets is forbidden");
  for (const auto& call : cluster.calls()) EXPECT_TRUE(call.verb == "discover" || call.verb == "list") << call.to_string();
}

}  // namespace
}  // namespace taut::preview
