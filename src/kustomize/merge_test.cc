#include "kustomize/merge.hh"

#include <gtest/gtest.h>

#include "value/blank.hh"
#include "value/json.hh"

namespace taut::kustomize {
namespace {

Value json(std::string_view text) { return parse_json(text).value_or(Value("no JSON")); }

// The pod that a patch of a pod's spec leaves, or the error.
std::string patched(std::string_view spec, std::string_view patch) {
  SchemaAt at = Schema::builtin().of(Gvk{"", "v1", "Pod"}).field("spec");
  auto out = strategic_merge(json(spec), json(patch), at);
  return out ? to_json(*out) : out.error().message();
}

std::string merged(const Schema& schema, const Gvk& gvk, std::string_view target, std::string_view patch) {
  auto out = strategic_merge(json(target), json(patch), schema.of(gvk));
  return out ? to_json(*out) : out.error().message();
}

TEST(KustomizeMerge, new_items_come_first_and_known_ones_merge) {
  EXPECT_EQ(patched(R"({"containers":[{"name":"a","image":"1"},{"name":"b"}]})",
                    R"({"containers":[{"name":"z"},{"name":"a","tty":true}]})"),
            R"({"containers":[{"name":"z"},{"image":"1","name":"a","tty":true},{"name":"b"}]})");
}

TEST(KustomizeMerge, null_deletes_and_never_arrives) {
  EXPECT_EQ(patched(R"({"hostname":"h","nodeName":"n"})", R"({"hostname":null,"securityContext":{"runAsUser":null}})"),
            R"({"nodeName":"n","securityContext":{}})");
  EXPECT_EQ(patched(R"({"hostname":null})", R"({"nodeName":"n"})"), R"({"hostname":null,"nodeName":"n"})");
}

TEST(KustomizeMerge, nulls_with_nothing_written_go) {
  Value spec = Value::map({{"hostname", blank_null()}, {"nodeName", Value()}});
  auto out = strategic_merge(spec, json("{}"), SchemaAt());
  ASSERT_TRUE(out);
  EXPECT_EQ(to_json(*out), R"({"nodeName":null})");
}

TEST(KustomizeMerge, replacing_the_whole_object_leaves_it) {
  EXPECT_EQ(patched(R"({"hostname":"h"})", R"({"$patch":"replace","hostname":"x"})"), R"({"hostname":"h"})");
}

TEST(KustomizeMerge, directives) {
  EXPECT_EQ(patched(R"({"containers":[{"name":"a"},{"name":"b"}]})", R"({"containers":[{"name":"a","$patch":"delete"}]})"),
            R"({"containers":[{"name":"b"}]})");
  EXPECT_EQ(patched(R"({"containers":[{"name":"a"}]})", R"({"containers":[{"$patch":"replace"},{"name":"c"}]})"),
            R"({"containers":[{"name":"c"}]})");
  EXPECT_EQ(patched(R"({"securityContext":{"runAsUser":1}})", R"({"securityContext":{"$patch":"replace","runAsGroup":2}})"),
            R"({"securityContext":{"runAsGroup":2}})");
  EXPECT_EQ(patched(R"({"containers":[{"name":"a"}]})", R"({"containers":[{"name":"a","$patch":"bogus"}]})"),
            "unknown patch strategy 'bogus'");
  EXPECT_EQ(patched(R"({})", R"({"$patch":"delete"})"), "null");
}

TEST(KustomizeMerge, ports_without_a_protocol_match_by_number) {
  EXPECT_EQ(patched(R"({"containers":[{"name":"a","ports":[{"containerPort":80},{"containerPort":81}]}]})",
                    R"({"containers":[{"name":"a","ports":[{"containerPort":81,"name":"x"}]}]})"),
            R"({"containers":[{"name":"a","ports":[{"containerPort":81,"name":"x"},{"containerPort":80}]}]})");
  EXPECT_EQ(patched(R"({"containers":[{"name":"a","ports":[{"containerPort":80,"protocol":"TCP"}]}]})",
                    R"({"containers":[{"name":"a","ports":[{"containerPort":80,"protocol":"UDP"}]}]})"),
            R"({"containers":[{"name":"a","ports":[{"containerPort":80,"protocol":"UDP"},)"
            R"({"containerPort":80,"protocol":"TCP"}]}]})");
}

TEST(KustomizeMerge, sets_of_scalars_are_united) {
  const Gvk pod{"", "v1", "Pod"};
  EXPECT_EQ(merged(Schema::builtin(), pod, R"({"metadata":{"finalizers":["a","b"]}})",
                   R"({"metadata":{"finalizers":["c","a"]}})"),
            R"({"metadata":{"finalizers":["c","a","b"]}})");
}

TEST(KustomizeMerge, without_a_schema_lists_are_replaced) {
  EXPECT_EQ(merged(Schema::builtin(), Gvk{"x.io", "v1", "X"}, R"({"a":[{"name":"1"}],"b":1})", R"({"a":[{"name":"2"}]})"),
            R"({"a":[{"name":"2"}],"b":1})");
}

TEST(KustomizeMerge, shapes_that_do_not_fit_are_told) {
  EXPECT_EQ(patched(R"({"containers":[{"name":"a"}]})", R"({"containers":"hello"})"),
            "wrong node kind: expected SequenceNode but got ScalarNode: node contents:\nhello\n");
}

TEST(KustomizeMerge, an_openapi_document_stands_in_for_the_builtin_one) {
  auto schema = Schema::with_openapi(json(R"({"definitions":{
    "W":{"type":"object","properties":{"spec":{"$ref":"#/definitions/S"}},
         "x-kubernetes-group-version-kind":[{"group":"x.io","kind":"W","version":"v1"}]},
    "S":{"properties":{"items":{"type":"array","items":{"type":"object"},"x-kubernetes-patch-merge-key":"id",
         "x-kubernetes-patch-strategy":"merge"},"again":{"$ref":"#/definitions/S"}}}},
    "paths":{"/apis/x.io/v1/ws":{"get":{"x-kubernetes-group-version-kind":{"group":"x.io","kind":"W","version":"v1"}}}}})"));
  ASSERT_TRUE(schema);
  const Gvk gvk{"x.io", "v1", "W"};
  EXPECT_EQ(merged(**schema, gvk, R"({"spec":{"again":{"items":[{"id":1,"v":1}]}}})",
                   R"({"spec":{"again":{"items":[{"id":2},{"id":1,"v":3}]}}})"),
            R"({"spec":{"again":{"items":[{"id":2},{"id":1,"v":3}]}}})");
  EXPECT_TRUE((*schema)->cluster_scoped(gvk));
  EXPECT_FALSE(Schema::builtin().cluster_scoped(gvk));
  EXPECT_TRUE(Schema::builtin().cluster_scoped(Gvk{"", "v1", "Namespace"}));
}

}  // namespace
}  // namespace taut::kustomize
