// Scalars that keep how they were spelled: 0644, 1.10, 2024-01-01, True.
//
// kustomize works on YAML nodes, so that the text "1.10" can become part of a name or of an annotation, and only
// its output makes the number 1.1 of it. A Value says 1.1 at once. Documents that are read with
// YamlOptions::keep_spelling therefore hold scalars whose text is not what JSON would write as *spelled* Values: a
// string that starts with a byte no UTF-8 has, a letter for the type, then the text. Everything else is an ordinary
// Value, so whoever compares, moves or replaces whole values need not know. `settle` makes ordinary Values again.
// Nulls are never spelled: `~` is null, and nothing at all is a blank null (value/blank.hh). Text in folded blocks (">") is spelled where go-yaml v3 changes it when it
// writes and reads it again, as kustomize does before it prints.
#pragma once

#include <string>
#include <string_view>

#include "base/result.hh"
#include "value/value.hh"
#include "yaml/resolve.hh"

namespace taut::yaml {

bool is_spelled(const Value& value);

// What a scalar means; kString for text. Lists and maps are kOther.
ScalarType scalar_type(const Value& value);

// The text of a scalar as it was written ("null" for null, "" for a blank one); "" for lists and maps.
std::string scalar_text(const Value& value);

// A scalar of a type with that text, spelled only if needed. The text need not fit the type: settle() says so.
Value make_scalar(ScalarType type, std::string_view text);

// The text of a folded block.
Value make_folded(std::string_view text);

// What a plain scalar without a tag is.
Value make_plain(std::string_view text);

// The document as go-yaml v3 decodes it and encoding/json writes it: nothing spelled is left. kInvalid with
// go-yaml's words for a text that does not fit its type ("cannot decode !!str `x` as a !!int"), or encoding/json's
// for numbers it does not have ("json: unsupported value: +Inf"). Costs a walk when there is nothing to do.
Status settle(Value& value);

}  // namespace taut::yaml
