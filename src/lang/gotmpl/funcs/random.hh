// Random numbers for template functions, from the environment of the render.
#pragma once

#include <span>

#include "lang/gotmpl/function.hh"

namespace taut::gotmpl::funcs {

// Fills the bytes. kUnsupported when the render has no source.
Status fill_random(Call& call, std::span<uint8_t> out);
// From 0 up to `below` (> 0), each as likely.
Result<uint64_t> random_below(Call& call, uint64_t below);

}  // namespace taut::gotmpl::funcs
