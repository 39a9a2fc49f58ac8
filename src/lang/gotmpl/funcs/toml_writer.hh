// TOML out, as BurntSushi/toml 1.6.0 writes Go values: tables behind plain values, two blanks a level.
#pragma once

#include "base/result.hh"
#include "lang/gotmpl/value.hh"

namespace taut::gotmpl {

// kInvalid in the library's words: "toml: cannot encode array with nil element". `panicked` is set where Go's encoder
// panics instead of giving an error.
Result<std::string> to_toml_text(const Value& value, bool& panicked);

// The names of the zones that stand for "no zone" in TOML's local times.
inline constexpr std::string_view kLocalDatetime = "datetime-local", kLocalDate = "date-local",
                                  kLocalTime = "time-local";

}  // namespace taut::gotmpl
