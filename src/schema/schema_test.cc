#include <gtest/gtest.h>

#include "schema/builtin.hh"
#include "schema/kinds.hh"
#include "value/json.hh"

namespace taut::schema {
namespace {

TEST(Kinds, knows_names_verbs_and_subresources) {
  const KindInfo* deployment = find_kind("apps", "v1", "Deployment");
  ASSERT_TRUE(deployment);
  EXPECT_EQ(deployment->plural, "deployments");
  EXPECT_TRUE(deployment->namespaced);
  EXPECT_EQ(deployment->short_names, std::vector<std::string>{"deploy"});
  ASSERT_TRUE(deployment->subresource("scale"));
  EXPECT_EQ(deployment->subresource("scale")->group, "autoscaling");
  EXPECT_FALSE(deployment->subresource("log"));
  EXPECT_FALSE(find_resource("", "v1", "namespaces")->namespaced);
  EXPECT_FALSE(find_resource("", "v1", "namespaces")->has_verb("deletecollection"));
  EXPECT_EQ(find_kind("apps", "v1beta1", "Deployment"), nullptr);
}

TEST(Kinds, lists_the_preferred_version_first) {
  const KindInfo* first = nullptr;
  for (const auto& kind : builtin_kinds())
    if (!first && kind.group == "autoscaling") first = &kind;
  ASSERT_TRUE(first);
  EXPECT_EQ(first->version, "v2");
}

TEST(Types, list_keys_and_defaults) {
  const Type* deployment = builtin_type("apps", "v1", "Deployment");
  ASSERT_TRUE(deployment);
  const Type* pod = deployment->child("spec")->child("template")->child("spec");
  const Type* containers = pod->child("containers");
  EXPECT_EQ(containers->list_relation, Relation::kAssociative);
  EXPECT_EQ(containers->keys, std::vector<std::string>{"name"});
  const Field* ports = containers->items->field("ports");
  EXPECT_EQ(ports->type->keys, (std::vector<std::string>{"containerPort", "protocol"}));
  EXPECT_EQ(ports->patch.merge_key, "containerPort");
  EXPECT_EQ(ports->type->items->field("protocol")->fallback.as_string(), "TCP");
  EXPECT_EQ(pod->field("volumes")->patch.retain_keys, true);
  EXPECT_EQ(pod->child("nodeSelector")->map_relation, Relation::kAtomic);
  EXPECT_EQ(pod->child("nope"), nullptr);
}

TEST(Types, every_builtin_kind_that_can_be_stored_has_a_type) {
  for (const auto& kind : builtin_kinds()) {
    if (!kind.has_verb("create")) continue;
    EXPECT_TRUE(builtin_type(kind.group, kind.version, kind.kind)) << kind.kind;
  }
}

TEST(Types, zero_fields_are_those_that_go_writes_for_an_empty_struct) {
  Value deployment = Value::map();
  fill_zero_fields(deployment, *builtin_type("apps", "v1", "Deployment"));
  EXPECT_EQ(to_json(deployment),
            R"({"metadata":{},"spec":{"selector":null,"strategy":{},"template":{"metadata":{},"spec":{"containers":null}}},"status":{}})");
  Value map = Value::map();
  fill_zero_fields(map, *builtin_type("", "v1", "ConfigMap"));
  EXPECT_EQ(to_json(map), R"({"metadata":{}})");
}

TEST(Types, scalars_by_format) {
  const Type& meta = object_meta_type();
  EXPECT_EQ(meta.child("creationTimestamp")->scalar, Scalar::kUntyped);
  EXPECT_EQ(meta.child("name")->scalar, Scalar::kString);
  EXPECT_EQ(meta.child("finalizers")->list_relation, Relation::kAssociative);
  EXPECT_EQ(meta.child("labels")->values->scalar, Scalar::kString);
}

}  // namespace
}  // namespace taut::schema
