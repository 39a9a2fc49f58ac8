// TOML 1.0 in, as BurntSushi/toml 1.6.0 decodes into map[string]interface {}: int64, float64, time.Time.
#pragma once

#include "base/result.hh"
#include "base/time_zone.hh"
#include "lang/gotmpl/heap.hh"

namespace taut::gotmpl {

// A map. kInvalid in the library's words: `toml: line 1 (last key "a"): unexpected EOF; expected value`. `local` is the
// zone of times that name none.
Result<Value> read_toml(Heap& heap, std::string_view text, const TimeZone& local);

}  // namespace taut::gotmpl
