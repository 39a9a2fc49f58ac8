// /openapi/v2 in one document; /openapi/v3: an index, and a document for each group version: the schemas of its kinds and the paths as far as
// clients look at them (kubectl explain and apply).
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "sandbox/cluster.hh"
#include "sandbox/http.hh"

namespace taut::sandbox {

std::optional<Response> serve_openapi(Cluster& cluster, const Request& request, const Query& query,
                                      const std::vector<std::string_view>& path);

}  // namespace taut::sandbox
