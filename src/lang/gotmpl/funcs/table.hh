// The functions that Helm's templates have besides Go's own: those of Sprig 3.3.0 and Helm's.
#pragma once

#include "lang/gotmpl/function.hh"

namespace taut::gotmpl {

// For the functions of one Helm: 41 is 4.1, 42 is 4.2 (as Environment::helm). Made once, lives as long as the program.
const FunctionTable& helm_functions(int helm = 42);

// All rows, for documentation and completion.
std::span<const Function> helm_function_rows();

}  // namespace taut::gotmpl
