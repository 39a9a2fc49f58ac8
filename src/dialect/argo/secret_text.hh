// One key of a Secret, decoded.
#pragma once

#include <string>
#include <string_view>

#include "value/value.hh"

namespace taut::argo {

// Empty when the key is not there or is no base64. `stringData`, which there is only in files, wins.
std::string secret_text(const Value& secret, std::string_view key);

}  // namespace taut::argo
