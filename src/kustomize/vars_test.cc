#include "kustomize/vars.hh"

#include <gtest/gtest.h>

#include "value/json.hh"
#include "yaml/reader.hh"

namespace taut::kustomize {
namespace {

Value read(std::string_view yaml) {
  YamlOptions options{.schema = taut::Schema::kGoV3, .keep_spelling = true};
  return parse_yaml_document(yaml, options)->root;
}

// The field `x` of a Pod beside a Service whose field at `path` is what $(N) stands for.
std::string resolved(std::string_view x, std::string_view path = "metadata.name") {
  ResMap map;
  for (std::string text : {std::string("{apiVersion: v1, kind: Service, metadata: {name: web}, spec: {ports: [{port: 80}], f: 1.50}}"),
                           fmt::format("{{apiVersion: v1, kind: Pod, metadata: {{name: p}}, x: {}}}", x)}) {
    Resource resource;
    resource.object = read(text);
    if (resource.kind() == "Service") resource.var_names = {"N"};
    if (auto added = map.append(std::move(resource)); !added) return added.error().message();
  }
  Value var = read("{name: N, objref: {kind: Service, version: v1, name: web}, fieldref: {fieldPath: ''}}");
  var.edit("fieldref").set("fieldPath", Value(path));
  if (auto done = resolve_vars(map, {&var, 1}, {{Gvk{"", "", "Pod"}, "x"}}); !done) return done.error().message();
  auto settled = map[1].settled();
  return settled ? to_json((*settled)["x"]) : settled.error().message();
}

TEST(Vars, stand_inside_of_texts) {
  EXPECT_EQ(resolved("'http://$(N)/$(M)/$$(N)$'"), R"x("http://web/$(M)/$(N)$")x");
  EXPECT_EQ(resolved("['$(N)', a]"), R"(["web","a"])");
  EXPECT_EQ(resolved("{a: '$(N)', b: 1}"), R"({"a":"web","b":1})");
  EXPECT_EQ(resolved("'$(N and no end'"), R"x("$(N and no end")x");
}

TEST(Vars, keep_the_type_of_the_field_when_alone) {
  EXPECT_EQ(resolved("'$(N)'", "spec.ports[0].port"), "80");
  EXPECT_EQ(resolved("'p$(N)'", "spec.ports[0].port"), R"("p80")");
  EXPECT_EQ(resolved("'v$(N)'", "spec.f"), R"("v1.5")");
  EXPECT_EQ(resolved("'$(N)'", "spec.ports"), R"x("$(N)")x");
}

TEST(Vars, that_lead_nowhere_are_told) {
  EXPECT_EQ(resolved("a", "spec.zzz"), "field specified in var '{N Service.v1.[noGrp] {spec.zzz}}' not found in corresponding resource");
  ResMap map;
  Value var = read("{name: N, objref: {kind: Nope, name: x}, fieldref: {fieldPath: metadata.name}}");
  auto done = resolve_vars(map, {&var, 1}, {});
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().message(),
            "var '{N Nope.[noVer].[noGrp] {metadata.name}}' cannot be mapped to a field in the set of known resources");
}

TEST(Vars, a_list_takes_only_texts) {
  EXPECT_NE(resolved("['$(N)', 1]").find("invalid value type expect a string"), std::string::npos);
}

}  // namespace
}  // namespace taut::kustomize
