// The grammar of helm's --set flags: "a.b=1,c[0].d=x,e={1,2}" written into values. As helm 4's pkg/strvals.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "base/result.hh"
#include "value/value.hh"

namespace taut::helm {

enum class SetMode {
  kTyped,    // --set: true, false, null and decimal integers are typed, all else is text
  kString,   // --set-string: all is text
  kJson,     // --set-json: "key=JSON, key=JSON"
  kFile,     // --set-file: the text names a file, which is the value
  kLiteral,  // --set-literal: all behind the first "=" is the value; no escapes
};

// Gives the content of a file that --set-file names.
using ReadFile = std::function<Result<std::string>(std::string_view path)>;

// Writes one argument into `values`, a map. Integers of --set are integers (Go's int64); numbers of JSON are doubles,
// as all numbers of values files (see values.hh). kInvalid in helm's words; `values` may be half changed then.
// `read_file` is needed for kFile alone.
Status apply_set(std::string_view argument, SetMode mode, Value& values, const ReadFile& read_file = {});

}  // namespace taut::helm
