#include "schema/crd.hh"

#include <gtest/gtest.h>

#include "value/json.hh"

namespace taut::schema {
namespace {

Value json(std::string_view text) { return parse_json(text).value_or(Value()); }

CrdSchema compile(std::string_view spec) {
  Value schema = json(R"({"type":"object","properties":{"spec":{"type":"object"}}})");
  schema.edit("properties").edit("spec").set("properties", json(spec));
  auto out = CrdSchema::compile(schema);
  EXPECT_TRUE(out);
  return *out;
}

Value object(std::string_view spec) {
  Value out = json(R"({"apiVersion":"x/v1","kind":"X","metadata":{"name":"a","extra":1}})");
  out.set("spec", json(spec));
  return out;
}

TEST(Crd, prunes_what_is_not_in_the_schema_but_not_metadata) {
  CrdSchema crd = compile(R"({"a":{"type":"string"},"l":{"type":"array","items":{"type":"object","properties":{"b":{}}}}})");
  Value x = object(R"({"a":"1","c":2,"l":[{"b":1,"d":2}]})");
  std::vector<std::string> pruned;
  crd.prune(x, &pruned);
  EXPECT_EQ(to_json(x["spec"]), R"({"a":"1","l":[{"b":1}]})");
  EXPECT_EQ(pruned, (std::vector<std::string>{"spec.c", "spec.l[0].d"}));
  EXPECT_TRUE(x["metadata"].contains("extra"));
}

TEST(Crd, keeps_unknown_fields_where_asked_and_prunes_known_ones_inside) {
  CrdSchema crd = compile(
      R"({"p":{"type":"object","x-kubernetes-preserve-unknown-fields":true,"properties":{"k":{"type":"object","properties":{"a":{}}}}}})");
  Value x = object(R"({"p":{"any":{"thing":1},"k":{"a":1,"b":2}}})");
  crd.prune(x);
  EXPECT_EQ(to_json(x["spec"]), R"({"p":{"any":{"thing":1},"k":{"a":1}}})");
}

TEST(Crd, defaults_fill_gaps_and_refused_nulls) {
  CrdSchema crd = compile(
      R"({"a":{"type":"string","default":"x"},"n":{"type":"string","nullable":true,"default":"x"},"o":{"type":"object","default":{},"properties":{"i":{"type":"integer","default":3}}},"s":{"type":"string"}})");
  Value x = object(R"({"a":null,"n":null,"s":null})");
  crd.drop_nulls(x);
  crd.apply_defaults(x);
  EXPECT_EQ(to_json(x["spec"]), R"({"a":"x","n":null,"o":{"i":3}})");
}

TEST(Crd, types_follow_the_list_and_map_types) {
  CrdSchema crd = compile(
      R"({"m":{"type":"array","x-kubernetes-list-type":"map","x-kubernetes-list-map-keys":["k"],"items":{"type":"object","properties":{"k":{"type":"string","default":"d"}}}},"x":{"type":"object","x-kubernetes-map-type":"atomic","properties":{"a":{}}},"i":{"x-kubernetes-int-or-string":true}})");
  const Type& spec = *crd.type().child("spec");
  EXPECT_EQ(spec.child("m")->keys, std::vector<std::string>{"k"});
  EXPECT_TRUE(spec.child("m")->items->field("k")->has_default);
  EXPECT_EQ(spec.child("x")->map_relation, Relation::kAtomic);
  EXPECT_EQ(spec.child("i")->scalar, Scalar::kUntyped);
  EXPECT_EQ(spec.child("nope"), nullptr);
  EXPECT_EQ(crd.type().child("metadata")->child("labels")->values->scalar, Scalar::kString);
}

std::string errors(const CrdSchema& crd, std::string_view spec, const Value* old = nullptr) {
  std::string out;
  for (const FieldError& e : crd.validate(object(spec), old)) out += e.field + ": " + e.message + "\n";
  return out;
}

TEST(CrdValidate, says_it_as_the_server_does) {
  CrdSchema crd = compile(
      R"({"i":{"type":"integer","minimum":1,"maximum":5,"multipleOf":2},"s":{"type":"string","minLength":2,"maxLength":4,"pattern":"^[a-z]+$"},
          "e":{"type":"string","enum":["a","b"]},"l":{"type":"array","maxItems":2,"items":{"type":"string"}},"t":{"type":"string","format":"date-time"},
          "any":{"x-kubernetes-int-or-string":true,"anyOf":[{"type":"integer"},{"type":"string"}]},"n":{"type":"object","nullable":true}})");
  EXPECT_EQ(errors(crd, R"({"i":4,"s":"abc","e":"a","l":[],"t":"2026-01-01T00:00:00Z","any":"x","n":null})"), "");
  EXPECT_EQ(errors(crd, R"({"i":7})"),
            "spec.i: Invalid value: 7: spec.i in body should be a multiple of 2\n"
            "spec.i: Invalid value: 7: spec.i in body should be less than or equal to 5\n");
  EXPECT_EQ(errors(crd, R"({"i":"x"})"),
            "spec.i: Invalid value: \"string\": spec.i in body must be of type integer: \"string\"\n");
  EXPECT_EQ(errors(crd, R"({"s":"ABC"})"), "spec.s: Invalid value: \"ABC\": spec.s in body should match '^[a-z]+$'\n");
  EXPECT_EQ(errors(crd, R"({"s":"abcde"})"), "spec.s: Too long: may not be more than 4 bytes\n");
  EXPECT_EQ(errors(crd, R"({"e":"c"})"), "spec.e: Unsupported value: \"c\": supported values: \"a\", \"b\"\n");
  EXPECT_EQ(errors(crd, R"({"l":["a","b","c"]})"), "spec.l: Too many: 3: must have at most 2 items\n");
  EXPECT_EQ(errors(crd, R"({"t":"nope"})"),
            "spec.t: Invalid value: \"nope\": spec.t in body must be of type date-time: \"nope\"\n");
  EXPECT_EQ(errors(crd, R"({"any":true})"),
            "spec.any: Invalid value: \"boolean\": spec.any in body must be of type integer,string: \"boolean\"\n"
            "<nil>: Invalid value: \"\": \"spec.any\" must validate at least one schema (anyOf)\n"
            "spec.any: Invalid value: \"boolean\": spec.any in body must be of type integer: \"boolean\"\n");
}

TEST(CrdValidate, what_did_not_change_is_not_looked_at_again) {
  CrdSchema crd = compile(R"({"s":{"type":"string","maxLength":2},"i":{"type":"integer"}})");
  Value old = object(R"({"s":"too long","i":1})");
  EXPECT_EQ(errors(crd, R"({"s":"too long","i":2})", &old), "");
  EXPECT_NE(errors(crd, R"({"s":"too long, too","i":2})", &old), "");
}

TEST(CrdValidate, reports_duplicates_and_incomplete_embedded_objects) {
  CrdSchema crd = compile(
      R"({"m":{"type":"array","x-kubernetes-list-type":"map","x-kubernetes-list-map-keys":["k"],"items":{"type":"object","properties":{"k":{"type":"string"}}}},
          "x":{"type":"object","x-kubernetes-embedded-resource":true,"x-kubernetes-preserve-unknown-fields":true}})");
  EXPECT_EQ(errors(crd, R"({"m":[{"k":"a"},{"k":"a"}]})"), "spec.m[1]: Duplicate value: {\"k\":\"a\"}\n");
  EXPECT_EQ(errors(crd, R"({"x":{"kind":"A"}})"), "spec.x.apiVersion: Required value\n");
}

}  // namespace
}  // namespace taut::schema
