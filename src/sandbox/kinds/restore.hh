// Why a document does not fit the Go struct of a kind, in the words of apimachinery's unstructured converter, which
// reads the results of strategic patches and server-side applies.
#pragma once

#include <optional>
#include <string>

#include "sandbox/kinds/shapes.hh"

namespace taut::sandbox::kinds {

// The first fault in the order of the struct ("cannot restore slice from string"); nothing when the document fits.
std::optional<std::string> restore_fault(const Shape& shape, const Value& object);

}  // namespace taut::sandbox::kinds
