// Libraries that are loaded when they are first called.
//
// Loading libcurl and libgit2 with all that they need costs 7 ms, more than most of taut's commands take, and most call
// neither. cmake/lazy_library.cmake links C libraries by way of jumps (tools/lazy_library.py) that come here once for
// each function.
#pragma once

#include <cstddef>
#include <cstdint>

// The address of function `index` of the library, kept in its slot. `names` holds, for each function, the distance from
// `names` to its name. Ends the program, as the dynamic loader would, when the library or the function is not there.
extern "C" void* taut_lazy_resolve(const char* soname, const int32_t* names, void** slots, size_t index);
