#include "kustomize/replacement.hh"

#include <gtest/gtest.h>

#include "kustomize/field_path.hh"
#include "value/json.hh"
#include "yaml/reader.hh"

namespace taut::kustomize {
namespace {

Value read(std::string_view yaml) {
  YamlOptions options{.schema = taut::Schema::kGoV3, .keep_spelling = true};
  return parse_yaml_document(yaml, options)->root;
}

// What a list of replacements leaves of the second of two resources, or the error.
std::string replaced(std::string_view source, std::string_view target, std::string_view replacements,
                     bool exact = false) {
  ResMap map;
  for (std::string_view text : {source, target}) {
    Resource resource;
    resource.object = read(text);
    if (auto added = map.append(std::move(resource)); !added) return added.error().message();
  }
  auto done = apply_replacements(map, read(replacements), {.exact = exact});
  if (!done) return done.error().message();
  auto settled = map[1].settled();
  return settled ? to_json(*settled) : settled.error().message();
}

constexpr std::string_view kSource = "{apiVersion: v1, kind: ConfigMap, metadata: {name: cm}, data: {a: b, n: 12, img: 'nginx:1.2'}}";

std::string spec_of(std::string_view spec, std::string_view from, std::string_view to, std::string_view options = "{}") {
  std::string target = fmt::format("{{apiVersion: x.io/v1, kind: W, metadata: {{name: w}}, spec: {}}}", spec);
  std::string text = fmt::format("[{{source: {{kind: ConfigMap, fieldPath: {}}}, targets: [{{select: {{kind: W}}, fieldPaths: [\"{}\"],"
                                 " options: {}}}]}}]", from, to, options);
  std::string out = replaced(kSource, target, text);
  auto value = parse_json(out);
  return value ? to_json((*value)["spec"]) : out;
}

TEST(FieldPath, splits_at_dots_outside_of_brackets) {
  using Parts = std::vector<std::string>;
  EXPECT_EQ(split_field_path("a.b.[name=x.y].c"), (Parts{"a", "b", "[name=x.y]", "c"}));
  EXPECT_EQ(split_field_path("a.[b.c/d].e"), (Parts{"a", "b.c/d", "e"}));
  EXPECT_EQ(split_field_path("a.b\\.c"), (Parts{"a", "b.c"}));
  EXPECT_EQ(split_field_path(".a"), (Parts{"a"}));
}

TEST(Replacement, text_goes_into_scalars_and_their_type_stays) {
  EXPECT_EQ(spec_of("{x: old}", "data.n", "spec.x"), R"({"x":"12"})");
  EXPECT_EQ(spec_of("{x: 5}", "data.n", "spec.x"), R"({"x":12})");
  EXPECT_EQ(spec_of("{}", "data.n", "spec.x", "{create: true}"), R"({"x":12})");
}

TEST(Replacement, lists_and_maps_are_replaced_whole) {
  EXPECT_EQ(spec_of("{x: {y: 1}}", "data.a", "spec.x"), R"({"x":"b"})");
  EXPECT_EQ(spec_of("{}", "metadata", "spec.x", "{create: true}"), R"({"x":{"name":"cm"}})");
}

TEST(Replacement, delimiters_pick_and_place_pieces) {
  EXPECT_EQ(spec_of("{x: 'a:b'}", "data.a", "spec.x", "{delimiter: ':', index: 1}"), R"({"x":"a:b"})");
  EXPECT_EQ(spec_of("{x: a/c}", "data.a", "spec.x", "{delimiter: '/', index: -1}"), R"({"x":"b/a/c"})");
  EXPECT_EQ(spec_of("{x: a/c}", "data.a", "spec.x", "{delimiter: '/', index: 9}"), R"({"x":"a/c/b"})");
}

TEST(Replacement, items_are_found_by_expression_index_and_star) {
  EXPECT_EQ(spec_of("{l: [{name: web, i: 1}, {name: db, i: 2}]}", "data.n", "spec.l.[name=^d].i"),
            R"({"l":[{"i":1,"name":"web"},{"i":12,"name":"db"}]})");
  EXPECT_EQ(spec_of("{l: [{i: 1}, {i: 2}]}", "data.n", "spec.l.*.i"), R"({"l":[{"i":12},{"i":12}]})");
  EXPECT_EQ(spec_of("{l: [{i: 1}]}", "data.n", "spec.l.1.i", "{create: true}"), R"({"l":[{"i":1},{"i":12}]})");
  EXPECT_EQ(spec_of("{l: []}", "data.a", "spec.l.[name=n].v", "{create: true}"), R"({"l":[{"name":"n","v":"b"}]})");
  EXPECT_EQ(spec_of("{l: []}", "data.a", "spec.l.3.v"),
            "unable to find field \"spec.l.3.v\" in replacement target: index 3 specified but only 0 elements found");
}

TEST(Replacement, a_path_goes_on_into_json_and_yaml) {
  EXPECT_EQ(spec_of(R"({x: '{"k":{"v":"o"}}'})", "data.a", "spec.x.k.v"), R"({"x":"{\"k\":{\"v\":\"b\"}}"})");
  EXPECT_EQ(spec_of(R"({x: "k: # why\n  z: 1\n  v: o\n"})", "data.a", "spec.x.k.v"),
            R"({"x":"k: # why\n  z: 1\n  v: b"})");
}

TEST(Replacement, what_is_missing_is_told) {
  EXPECT_EQ(spec_of("{}", "data.zz", "spec.x"),
            "fieldPath `data.zz` is missing for replacement source ConfigMap.[noVer].[noGrp]/[noName].[noNs]");
  EXPECT_EQ(spec_of("{}", "data.a", "spec.x"), "unable to find field \"spec.x\" in replacement target");
  EXPECT_EQ(replaced(kSource, "{apiVersion: v1, kind: A, metadata: {name: a}}", "[{source: {kind: Nope, fieldPath: a}, targets: []}]"),
            "nothing selected by Nope.[noVer].[noGrp]/[noName].[noNs]:a");
  EXPECT_EQ(replaced(kSource, "{apiVersion: v1, kind: A, metadata: {name: a}}", "[{source: {kind: Nope}}]"),
            "replacements must specify a source and at least one target");
}

TEST(Replacement, targets_are_regular_expressions_since_5_8) {
  constexpr std::string_view target = "{apiVersion: v1, kind: Service, metadata: {name: s}}";
  constexpr std::string_view text = "[{sourceValue: z, targets: [{select: {kind: 'Serv.*|X'}}]}]";
  EXPECT_EQ(replaced(kSource, target, text), R"({"apiVersion":"v1","kind":"Service","metadata":{"name":"z"}})");
  EXPECT_EQ(replaced(kSource, target, text, true), R"({"apiVersion":"v1","kind":"Service","metadata":{"name":"s"}})");
}

}  // namespace
}  // namespace taut::kustomize
