#include "dialect/argo/refresh_paths.hh"

#include <gtest/gtest.h>

#include "yaml/reader.hh"

namespace taut::argo {
namespace {

using Paths = std::vector<std::string>;

Value application(std::string_view annotation) {
  auto out = parse_yaml_document("metadata: {name: web}\nspec: {source: {repoURL: r, path: apps/web}}");
  Value app = out->root;
  app.edit("metadata").edit("annotations").set(kGeneratePathsAnnotation, annotation);
  return app;
}

Paths paths_of(std::string_view annotation) {
  Value app = application(annotation);
  return refresh_paths(app, app["spec"]["source"]);
}

TEST(RefreshPaths, are_relative_to_the_source_or_to_the_repository) {
  EXPECT_EQ(paths_of(".; ../base ;/charts/*; ;"), (Paths{"apps/web", "apps/base", "charts/*"}));
  EXPECT_EQ(paths_of(""), Paths{});
}

TEST(RefreshPaths, a_hydrated_branch_has_its_own_path) {
  Value app = application("/x");
  app.edit("spec").set("sourceHydrator", parse_yaml_document("{drySource: {repoURL: r, path: dry}, syncSource: {targetBranch: env/dev, path: out}}")->root);
  EXPECT_EQ(refresh_paths(app, Value::map({{"repoURL", "r"}, {"path", "out"}, {"targetRevision", "env/dev"}})), Paths{"out"});
  EXPECT_EQ(refresh_paths(app, app["spec"]["sourceHydrator"]["drySource"]), Paths{"x"});
}

TEST(RefreshPaths, tell_whose_files_changed) {
  Paths web{"apps/web", "charts/*/values.yaml"};
  EXPECT_TRUE(files_concern(web, Paths{"README.md", "apps/web/deploy.yaml"}));
  EXPECT_TRUE(files_concern(web, Paths{"charts/a/values.yaml"}));
  EXPECT_FALSE(files_concern(web, Paths{"apps/website/deploy.yaml", "charts/a/b/values.yaml"}));
  EXPECT_TRUE(files_concern(web, {}));
  EXPECT_TRUE(files_concern({}, Paths{"README.md"}));
  EXPECT_TRUE(files_concern(Paths{""}, Paths{"README.md"}));  // "/" in the annotation: the whole repository
}

}  // namespace
}  // namespace taut::argo
