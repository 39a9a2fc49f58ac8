// The functions that Go's text/template always has.
#pragma once

#include <span>

#include "lang/gotmpl/function.hh"

namespace taut::gotmpl {

// and, or, not, call, eq, ne, lt, le, gt, ge, len, index, slice, print, printf, println, html, js, urlquery.
std::span<const Function> builtins();

// compare.cc
Result<Value> builtin_eq(Call& call);
Result<Value> builtin_ne(Call& call);
Result<Value> builtin_lt(Call& call);
Result<Value> builtin_le(Call& call);
Result<Value> builtin_gt(Call& call);
Result<Value> builtin_ge(Call& call);

// index.cc
Result<Value> builtin_index(Call& call);
Result<Value> builtin_slice(Call& call);
Result<Value> builtin_len(Call& call);

// escape.cc
Result<Value> builtin_html(Call& call);
Result<Value> builtin_js(Call& call);
Result<Value> builtin_urlquery(Call& call);

}  // namespace taut::gotmpl
