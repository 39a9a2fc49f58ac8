// JSON in and out, with the rules of Go's encoding/json as Kubernetes uses it.
//
// Reading: integers become int64 or uint64, all else (a fraction, an exponent, a larger integer) double. Keys
// that repeat: the last wins, unless strict. Depth is limited to 1,000, since
// whoever walks a Value does so on the stack (Go has 10,000).
// Writing: maps sorted by key, no blanks; doubles as Go writes float64 (1e+21, 1e-7); `<`, `>`, `&`, U+2028
// and U+2029 escaped only when asked for.
#pragma once

#include <string>
#include <string_view>

#include "base/result.hh"
#include "value/value.hh"

namespace taut {

struct JsonReadOptions {
  bool reject_duplicate_keys = false;
  // Of two maps under one key the entries are united, as decoding into a Go struct does it; the last wins in each.
  bool unite_duplicate_maps = false;
  size_t max_depth = 1'000;
  // Set to true when a key comes twice in one object; the caller sets it to false.
  bool* repeats = nullptr;
  bool only_doubles = false;  // every number a double, as Go reads into interface{}; -0 keeps its sign
};

// The errors are Go's: "invalid character 'x' looking for beginning of value", "unexpected end of JSON input";
// the position holds line and column.
Result<Value> parse_json(std::string_view text, const JsonReadOptions& options = {});

struct JsonWriteOptions {
  bool escape_html = false;    // as json.Marshal does
  std::string_view indent{};   // one level; "" writes all on one line
};

std::string to_json(const Value& value, const JsonWriteOptions& options = {});
void append_json(const Value& value, std::string& out, const JsonWriteOptions& options = {});
void append_json_string(std::string_view text, std::string& out, bool escape_html = false);
// A float64 as encoding/json writes it.
std::string format_json_number(double number);

}  // namespace taut
