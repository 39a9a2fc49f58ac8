#pragma once

#include <string_view>

namespace taut::cli {

constexpr std::string_view kVersion = "v0.1.0";
// The Kubernetes whose built-in kinds, schemas and answers are compiled in.
constexpr std::string_view kKubernetesVersion = "v1.36.1";

}  // namespace taut::cli
