// Arithmetic as on the decimal numbers that are written in JSON.
#pragma once

#include <optional>
#include <utility>

#include "value/value.hh"

namespace taut::jsonschema {

bool is_whole(double number);
// Whether the shortest decimal forms divide without remainder: 0.3 is a multiple of 0.1.
bool is_multiple(double number, double of);
// Whether a value is what a schema wants, as the library has it: a number is also equal to a string that spells it
// (1.28 to "1.28"), but not the other way round.
bool equals(const Value& value, const Value& wanted);
// The first two equal items of a list, the later one as early as can be.
std::optional<std::pair<size_t, size_t>> equal_items(const Value& list);

}  // namespace taut::jsonschema
