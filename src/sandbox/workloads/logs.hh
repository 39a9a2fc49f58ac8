// What the containers of simulated pods print.
#pragma once

#include <string>
#include <vector>

#include "value/value.hh"

namespace taut::sandbox::workloads {

// The lines that a container prints when it starts: what its command echoes, or a greeting that names image and ports.
// The same for the same container, always.
std::vector<std::string> log_lines(const Value& pod, const Value& container);

}  // namespace taut::sandbox::workloads
