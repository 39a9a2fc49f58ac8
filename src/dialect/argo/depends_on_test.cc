#include "dialect/argo/depends_on.hh"

#include <gtest/gtest.h>

#include "value/json.hh"

namespace taut::argo {
namespace {

Value json(std::string_view text) { return *parse_json(text); }

TEST(DependsOn, names_objects_of_all_dialects) {
  Value application = json(R"({"metadata":{"name":"web","namespace":"argocd","annotations":{"taut.dev/depends-on":
    "Application/base, Kustomization/flux-system/infra,\n HelmRelease/db/postgres,, Deployment/x, base, a//b"}}})");
  DependsOn read = read_depends_on(application);
  ASSERT_EQ(read.list.size(), 3u);
  EXPECT_EQ(read.list[0].node(), "Application/argocd/base");
  EXPECT_EQ(read.list[1].node(), "Kustomization/flux-system/infra");
  EXPECT_EQ(read.list[2].gvk, (Gvk{"helm.toolkit.fluxcd.io", "v2", "HelmRelease"}));
  EXPECT_EQ(read.faults, (std::vector<std::string>{"\"Deployment/x\" is no Application, Kustomization or HelmRelease",
                                                   "\"base\" is not KIND/NAME or KIND/NAMESPACE/NAME", "\"a//b\" is not KIND/NAME or KIND/NAMESPACE/NAME"}));
  EXPECT_TRUE(read_depends_on(json("{}")).list.empty());
}

TEST(DependsOn, ready_is_what_each_dialect_calls_so) {
  EXPECT_TRUE(is_ready(json(R"({"kind":"Application","status":{"sync":{"status":"Synced"},"health":{"status":"Healthy"}}})")));
  EXPECT_FALSE(is_ready(json(R"({"kind":"Application","status":{"sync":{"status":"Synced"},"health":{"status":"Progressing"}}})")));
  const char* flux = R"({"kind":"Kustomization","metadata":{"generation":2},"status":{"observedGeneration":2,"conditions":[{"type":"Ready","status":"True"}]}})";
  EXPECT_TRUE(is_ready(json(flux)));
  Value stale = json(flux);
  stale.edit("metadata").set("generation", 3);
  EXPECT_FALSE(is_ready(stale));
}

}  // namespace
}  // namespace taut::argo
