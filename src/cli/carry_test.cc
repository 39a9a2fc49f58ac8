#include "cli/carry.hh"

#include <gtest/gtest.h>

#include "tree/memory.hh"

namespace taut::cli {
namespace {

TEST(Carry, a_scalar_is_replaced_and_its_comment_stays) {
  EXPECT_EQ(with_scalar("a: 1\n  newTag: v1  # pinned\nb: 2\n", 2, "newTag", "v2"), "a: 1\n  newTag: v2  # pinned\nb: 2\n");
  EXPECT_EQ(with_scalar("- {name: x, newTag: \"1\"}", 1, "newTag", "\"2\""), "- {name: x, newTag: \"2\"}");
  EXPECT_EQ(with_scalar("- {newTag: a, name: x}", 1, "newTag", "b"), "- {newTag: b, name: x}");
  EXPECT_EQ(with_scalar("tag: v1", 1, "tag", "v2"), "tag: v2");
  EXPECT_EQ(with_scalar("tag: v1", 7, "tag", "v2"), "tag: v1");
  EXPECT_EQ(with_scalar("other: v1", 1, "tag", "v2"), "other: v1");
}

git::FileChanges carried(const char* file, const std::string& from, const std::string& to, const Carry& what = {}) {
  auto tree = memory_tree({{std::string("dev/") + file, from}, {std::string("prod/") + file, to}, {"dev/only.yaml", "a: 1\n"}, {"prod/gone.yaml", "b: 1\n"}});
  auto changes = carry(*tree, "dev", "prod", what);
  EXPECT_TRUE(changes);
  return changes.value_or(git::FileChanges{});
}

TEST(Carry, images_of_kustomizations_values_and_containers) {
  EXPECT_EQ(carried("kustomization.yaml", "images:\n- name: web\n  newTag: v2\n- name: api\n  newTag: v9\nnamePrefix: dev-\n",
                    "namePrefix: prod-  # ours\nimages:\n  - name: db\n    newTag: v5\n  - name: web\n    newTag: v1\n"),
            (git::FileChanges{{"prod/kustomization.yaml",
                               "namePrefix: prod-  # ours\nimages:\n  - name: db\n    newTag: v5\n  - name: web\n    newTag: v2\n  - name: api\n    newTag: v9\n"}}));
  EXPECT_EQ(carried("values.yaml", "replicas: 1\nimage:\n  repository: r/web\n  tag: \"2\"\n", "replicas: 3\nimage:\n  repository: r/web\n  tag: \"1\"\n"),
            (git::FileChanges{{"prod/values.yaml", "replicas: 3\nimage:\n  repository: r/web\n  tag: \"2\"\n"}}));
  EXPECT_EQ(carried("d.yaml", "kind: Deployment\nmetadata:\n  name: web\nspec:\n  containers:\n  - name: b\n    image: b:2\n  - name: a\n    image: a:2\n",
                    "kind: Deployment\nmetadata:\n  name: web\nspec:\n  containers:\n  - name: a\n    image: a:1\n"),
            (git::FileChanges{{"prod/d.yaml", "kind: Deployment\nmetadata:\n  name: web\nspec:\n  containers:\n  - name: a\n    image: a:2\n"}}));
}

TEST(Carry, named_fields_and_whole_folders) {
  EXPECT_TRUE(carried("values.yaml", "replicas: 1\n", "replicas: 3\n").empty());
  EXPECT_EQ(carried("values.yaml", "replicas: 1\n", "replicas: 3\n", {.everything = false, .fields = {"replicas"}}),
            (git::FileChanges{{"prod/values.yaml", "replicas: 1\n"}}));
  EXPECT_EQ(carried("values.yaml", "replicas: 1\n", "replicas: 3\n", {.everything = true, .fields = {}}),
            (git::FileChanges{{"prod/gone.yaml", std::nullopt}, {"prod/only.yaml", "a: 1\n"}, {"prod/values.yaml", "replicas: 1\n"}}));
}

}  // namespace
}  // namespace taut::cli
