// Small files read whole: kubeconfigs, certificates, tokens.
#pragma once

#include <string>

#include "base/result.hh"

namespace taut::kube {

// kNotFound, kForbidden or kInvalid with Go's words: "open /x: no such file or directory".
Result<std::string> read_file(const std::string& path);

}  // namespace taut::kube
