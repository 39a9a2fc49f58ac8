// Differences of two texts, line by line.
#pragma once

#include <string>
#include <string_view>

namespace taut::sandbox::kinds {

// A unified diff with three lines of context and no names, equal to that of go-difflib (Python's difflib, Ratcliff and
// Obershelp's matching with its rule about popular lines): Kubernetes puts it into validation errors. "" when the
// texts are equal. Cost: about the product of the lengths for texts of many equal lines.
std::string unified_diff(std::string_view before, std::string_view after);

}  // namespace taut::sandbox::kinds
