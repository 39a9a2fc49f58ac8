// Decoding of protobuf request bodies, which typed clients of Kubernetes (kubectl create, auth can-i) send.
#pragma once

#include <string_view>

#include "base/result.hh"
#include "value/value.hh"

namespace taut::sandbox {

// A body of type application/vnd.kubernetes.protobuf: the magic "k8s\0", then a runtime.Unknown with apiVersion,
// kind and the raw message of a built-in kind. Returns the object as JSON would have it. kInvalid for bytes that
// are not that, kUnsupported for a kind without a struct.
Result<Value> decode_protobuf(std::string_view body);

}  // namespace taut::sandbox
