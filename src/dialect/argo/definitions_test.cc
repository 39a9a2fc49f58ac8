#include "dialect/argo/definitions.hh"

#include <gtest/gtest.h>

#include "object/id.hh"

namespace taut::argo {
namespace {

TEST(Definitions, are_those_of_argo_cd_s_kinds) {
  ASSERT_EQ(definitions().size(), 3u);
  EXPECT_EQ(name_of(definitions()[0]), "applications.argoproj.io");
  EXPECT_EQ(name_of(definitions()[1]), "appprojects.argoproj.io");
  EXPECT_EQ(name_of(definitions()[2]), "applicationsets.argoproj.io");
  const Value& version = definitions()[0]["spec"]["versions"][0];
  EXPECT_FALSE(version.contains("subresources"));
  EXPECT_EQ(version["additionalPrinterColumns"][0]["name"].as_string(), "Sync Status");
}

}  // namespace
}  // namespace taut::argo
