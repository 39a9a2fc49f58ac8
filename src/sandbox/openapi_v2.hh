// /openapi/v2: all kinds in one Swagger 2.0 document, for clients from before v3. JSON only; kubectl since 1.27 asks for
// v3 first.
#pragma once

#include <vector>

#include "value/value.hh"

namespace taut::sandbox {

// One document out of the v3 documents of all group versions: what v3 says beyond Swagger (defaults, nullable, oneOf) is
// left out, as the real server does.
Value swagger_document(const std::vector<Value>& documents);

}  // namespace taut::sandbox
