// What an API server says besides objects: errors as Status bodies, warnings, how long to wait.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "base/error.hh"
#include "io/net/http.hh"
#include "value/value.hh"

namespace taut::kube {

// The Error that a Status object stands for; the code as port/cluster.hh says, the message as the server wrote it,
// the field of its only cause as position. `http_status` counts when the Status has no code of its own.
Error status_error(int http_status, const Value& status);
// The same of an answer that is not 2xx, whatever its body; without a Status in it, in client-go's words.
Error answer_error(const net::HttpResponse& answer);

// The texts of all Warning headers (RFC 7234, 5.5), in order, without repeats.
std::vector<std::string> warnings_of(const net::HttpResponse& answer);

// The Retry-After of a 429 or 503, in whole seconds; nothing without one.
std::optional<std::chrono::seconds> retry_after(const net::HttpResponse& answer);

}  // namespace taut::kube
