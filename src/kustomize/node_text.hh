// Small reads and writes of nodes as kyaml has them.
#pragma once

#include <string>
#include <string_view>

#include "base/result.hh"
#include "value/value.hh"

namespace taut::kustomize {

// metadata.<field> as text; "" when it is not there or null.
std::string metadata_text(const Value& object, std::string_view field);

// The value of a field that is given a text without a type and keeps the style of what stood there: plain text is
// read anew ("12" is a number then), what must have been quoted stays text.
Value restyled(const Value& old, std::string_view text);

// A field that is given text or a number and keeps its quotes: kyaml's FieldSetter with a !!str or !!int tag. Lists and
// maps are refused: "wrong node kind: expected ScalarNode but was MappingNode: node contents:\n...".
Status set_text(Value& node, std::string_view text);
Status set_integer(Value& node, int64_t number);
// As set_text, with a value without a type (see restyled).
Status set_plain(Value& node, std::string_view text);
// Sets a text entry of a map; a scalar is refused in the same words.
Status set_entry(Value& node, std::string_view key, std::string_view text);

// Refuses a key that is no text when it is read back plain, as "123" or "true": the map is none that Go's JSON has.
Status check_key(std::string_view key);

// Refuses text that go-yaml does not read back, as DEL: "yaml: control characters are not allowed".
Status check_characters(const Value& value);

// A value as YAML, for messages; as Resource.MustYaml.
std::string node_yaml(const Value& node);

}  // namespace taut::kustomize
