// APIs of Kubernetes that a version of it warns of.
#pragma once

#include <string>
#include <string_view>

namespace taut::helm {

// "apps/v1beta1 Deployment is deprecated in v1.8+, unavailable in v1.16+; use apps/v1 Deployment", or "" where that
// version of Kubernetes does not warn.
std::string deprecation_of(std::string_view api_version, std::string_view kind, int major, int minor);

}  // namespace taut::helm
