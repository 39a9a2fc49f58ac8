// What a scalar means: null, boolean, number, timestamp or text, by go-yaml's tables.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "value/value.hh"
#include "yaml/schema.hh"

namespace taut::yaml {

enum class ScalarType : uint8_t { kNull, kBool, kInt, kFloat, kTimestamp, kString, kMerge, kBinary, kOther };

// The value of a float may be infinite or no number; that of a timestamp is its text. kOther is text with a tag
// that go-yaml does not know.
struct Scalar {
  ScalarType type = ScalarType::kString;
  Value value;
};

// A plain scalar without a tag.
Scalar resolve_plain(std::string_view text, Schema schema);

// True when a plain scalar that starts with this character can only be text. Never for the empty scalar.
bool always_text(char first);

// A scalar with a tag such as "tag:yaml.org,2002:int". The error is go-yaml's, without its "yaml: ".
std::optional<Scalar> resolve_tagged(std::string_view tag, std::string_view text, Schema schema, std::string& error);

// go-yaml's timestamps, as time.Time is written to JSON: "2001-12-14t21:59:43.10-05:00" gives
// "2001-12-14T21:59:43.1-05:00", "2001-1-2" gives "2001-01-02T00:00:00Z". Nothing if it is not one.
std::optional<std::string> timestamp_to_rfc3339(std::string_view text);

// A Go float as strconv.FormatFloat(x, 'g', -1, bits) writes it, with .inf and .nan as YAML spells them.
std::string format_go_float(double number, int bits);

// A float64 as it comes back from its JSON: 1.0 is the integer 1. Must be finite.
Value json_number(double number);

}  // namespace taut::yaml
