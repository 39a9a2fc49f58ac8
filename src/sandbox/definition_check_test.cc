#include "sandbox/definition_check.hh"

#include <gtest/gtest.h>

#include "value/json.hh"

namespace taut::sandbox {
namespace {

Value definition(const std::string& schema) {
  return *parse_json(R"({"metadata":{"name":"things.x.dev"},"spec":{"group":"x.dev","scope":"Namespaced",
    "names":{"plural":"things","singular":"thing","kind":"Thing","listKind":"ThingList"},
    "versions":[{"name":"v1","served":true,"storage":true,"schema":)" + schema + "}]}}");
}

std::string first(const Value& crd) {
  auto problems = check_definition(crd, nullptr);
  return problems.empty() ? "" : problems[0].field + ": " + problems[0].message;
}

TEST(DefinitionCheck, takes_a_structural_schema) {
  EXPECT_EQ(first(definition(R"({"openAPIV3Schema":{"type":"object","properties":{"spec":{"type":"object"}}}})")), "");
}

TEST(DefinitionCheck, wants_a_schema_and_types) {
  EXPECT_EQ(first(definition("{}")), "spec.versions[0].schema.openAPIV3Schema: Required value");
  EXPECT_EQ(first(definition(R"({"openAPIV3Schema":{"type":"object","properties":{"spec":{}}}})")),
            "spec.validation.openAPIV3Schema.properties[spec].type: Required value: must not be empty for specified object fields");
}

TEST(DefinitionCheck, wants_list_keys_to_be_there_always) {
  EXPECT_EQ(first(definition(R"({"openAPIV3Schema":{"type":"object","properties":{"l":{"type":"array","x-kubernetes-list-type":"map",
    "x-kubernetes-list-map-keys":["n"],"items":{"type":"object","properties":{"n":{"type":"string"}}}}}}})")),
            "spec.validation.openAPIV3Schema.properties[l].items.properties[n].default: Required value: this property is in "
            "x-kubernetes-list-map-keys, so it must have a default or be a required property");
}

TEST(DefinitionCheck, refuses_a_name_that_does_not_fit) {
  Value crd = definition(R"({"openAPIV3Schema":{"type":"object"}})");
  crd.edit("metadata").set("name", "other.x.dev");
  EXPECT_EQ(first(crd), "metadata.name: Invalid value: \"other.x.dev\": must be spec.names.plural+\".\"+spec.group");
}

}  // namespace
}  // namespace taut::sandbox
