#include "lang/jsonschema/schema.hh"

#include <gtest/gtest.h>

#include "value/json.hh"

namespace taut::jsonschema {
namespace {

std::string check(std::string_view schema, std::string_view value) {
  auto compiled = Schema::compile(*parse_json(schema));
  if (!compiled) return compiled.error().message();
  auto failure = compiled->check(*parse_json(value));
  if (!failure) return "ok";
  std::string text = failure->text();
  return text.substr(text.find('\n') + 1);
}

TEST(JsonSchema, types_and_limits) {
  EXPECT_EQ(check(R"({"type":"object"})", "{}"), "ok");
  EXPECT_EQ(check(R"({"properties":{"a":{"type":["string","integer"]}}})", R"({"a":1.5})"),
            "- at '/a': got number, want integer or string");
  EXPECT_EQ(check(R"({"type":"integer"})", "2.0"), "ok");
  EXPECT_EQ(check(R"({"minimum":1,"multipleOf":0.1})", "0.35"),
            "- at '': minimum: got 0.35, want 1\n- at '': multipleOf: got 0.35, want 0.1");
  EXPECT_EQ(check(R"({"multipleOf":0.1})", "0.3"), "ok");
  EXPECT_EQ(check(R"({"maxLength":2000})", '"' + std::string(2001, 'x') + '"'),
            "- at '': maxLength: got 2,001, want 2,000");
}

TEST(JsonSchema, says_which_members_are_missing_or_too_many) {
  EXPECT_EQ(check(R"({"required":["a","b"]})", "{}"), "- at '': missing properties 'a', 'b'");
  EXPECT_EQ(check(R"({"properties":{"a":true},"additionalProperties":false})", R"({"a":1,"b":2,"c":3})"),
            "- at '': additional properties 'b', 'c' not allowed");
  EXPECT_EQ(check(R"({"unevaluatedProperties":false,"allOf":[{"properties":{"a":true}}]})", R"({"a":1,"b":2})"),
            "- at '/b': false schema");
}

TEST(JsonSchema, shows_why_alternatives_failed) {
  EXPECT_EQ(check(R"({"oneOf":[{"required":["a"]},{"required":["b"]}]})", "{}"),
            "- at '': 'oneOf' failed, none matched\n  - at '': missing property 'a'\n  - at '': missing property 'b'");
  EXPECT_EQ(check(R"({"oneOf":[true,true]})", "{}"), "- at '': 'oneOf' failed, subschemas 0, 1 matched");
  EXPECT_EQ(check(R"({"not":{"type":"object"}})", "{}"), "- at '': 'not' failed");
}

TEST(JsonSchema, follows_references_and_stops_at_loops) {
  EXPECT_EQ(check(R"({"$defs":{"p":{"type":"integer"}},"properties":{"a":{"$ref":"#/$defs/p"}}})", R"({"a":"x"})"),
            "- at '/a': got string, want integer");
  EXPECT_EQ(check(R"({"$defs":{"p":{"$anchor":"port","type":"integer"}},"$ref":"#port"})", R"("x")"),
            "- at '': got string, want integer");
  EXPECT_EQ(check(R"({"properties":{"next":{"$ref":"#"}},"additionalProperties":false})", R"({"next":{"next":{"x":1}}})"),
            "- at '/next/next': additional properties 'x' not allowed");
  EXPECT_EQ(check(R"({"$ref":"#"})", "{}"),
            "- at '': both /$ref and  resolve to \"file:///values.schema.json#\" causing reference cycle");
  EXPECT_EQ(check(R"({"properties":{"a":{"allOf":[{"$ref":"#/properties/a"}]}}})", R"({"a":1})"),
            "- at '/a': 'allOf' failed\n  - at '/a': both /properties/a/allOf/0/$ref and /properties/a resolve to "
            "\"file:///values.schema.json#/properties/a\" causing reference cycle");
  EXPECT_EQ(check(R"({"$ref":"urn:nobody:knows"})", "{}"), "ok");
  EXPECT_TRUE(check(R"({"$ref":"https://example.com/x.json"})", "{}").starts_with("failing loading"));
}

TEST(JsonSchema, older_drafts_keep_their_rules) {
  constexpr std::string_view kDraft4 =
      R"({"$schema":"http://json-schema.org/draft-04/schema#","maximum":3,"exclusiveMaximum":true})";
  EXPECT_EQ(check(kDraft4, "3"), "- at '': exclusiveMaximum: got 3, want 3");
  constexpr std::string_view kDraft7 =
      R"({"$schema":"http://json-schema.org/draft-07/schema#","properties":{"a":{"format":"ipv4"}}})";
  EXPECT_EQ(check(kDraft7, R"({"a":"1.2.3"})"), "- at '/a': '1.2.3' is not valid ipv4: expected four decimals");
  EXPECT_EQ(check(R"({"properties":{"a":{"format":"ipv4"}}})", R"({"a":"1.2.3"})"), "ok");
}

TEST(JsonSchema, numbers_are_equal_to_strings_that_spell_them_but_not_the_other_way_round) {
  EXPECT_EQ(check(R"({"const":"5"})", "5"), "ok");
  EXPECT_EQ(check(R"({"const":5})", R"("5")"), "- at '': value must be 5");
  EXPECT_EQ(check(R"({"enum":["1.28","x",2]})", "1.28"), "ok");
  EXPECT_EQ(check(R"({"enum":["1.28","x"]})", "1.28"), "- at '': value must be one of '1.28', 'x'");
  EXPECT_EQ(check(R"({"const":{"a":["5x",null]}})", R"({"a":[5,null]})"), "- at '': 'const' failed");
  EXPECT_EQ(check(R"({"uniqueItems":true})", R"([1,"1"])"), "ok");
  EXPECT_EQ(check(R"({"uniqueItems":true})", R"(["1",1])"), "- at '': items at 0 and 1 are equal");
}

TEST(JsonSchema, a_schema_is_checked_against_its_metaschema) {
  EXPECT_EQ(check(R"({"type":"bogus"})", "{}"),
            "\"file:///values.schema.json#\" is not valid against metaschema: jsonschema validation failed with "
            "'https://json-schema.org/draft/2020-12/schema#'\n"
            "- at '': 'allOf' failed\n"
            "  - at '/type': 'anyOf' failed\n"
            "    - at '/type': value must be one of 'array', 'boolean', 'integer', 'null', 'number', 'object', "
            "'string'\n"
            "    - at '/type': got string, want array");
}

TEST(Schema, schemas_that_lead_to_themselves_twice_end) {
  std::string text = R"({"$schema": "http://json-schema.org/draft-07/schema#", "$ref": "#/definitions/d0", "definitions": {)";
  for (int i = 0; i < 40; ++i)
    text += fmt::format(R"("d{0}": {{"not": {{"allOf": [{{"$ref": "#/definitions/d{1}"}}, {{"$ref": "#/definitions/d{1}"}}]}}}}, )", i, i + 1);
  auto schema = Schema::compile(*parse_json(text + R"("d40": {"type": "object"}}})"));
  ASSERT_TRUE(schema);
  auto failure = schema->check(Value::map());
  ASSERT_TRUE(failure);
  EXPECT_NE(failure->text().find("the limit on the number of checks (3000000) was passed"), std::string::npos);
}

}  // namespace
}  // namespace taut::jsonschema
