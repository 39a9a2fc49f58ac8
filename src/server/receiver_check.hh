// Requests to Flux's Receivers: who may have objects reconciled (notification-controller 1.9,
// internal/server/receiver_handlers.go). No sockets: a fuzz target feeds it directly.
#pragma once

#include <functional>
#include <optional>
#include <string_view>

#include "dialect/flux/receiver.hh"
#include "server/entry.hh"
#include "server/http.hh"

namespace taut::server {

inline constexpr size_t kMostReceived = 3u << 20;

// Whether a request is what a Receiver's type and events allow. Secrets are compared in constant time. The errors, in
// Flux's words, are for the log: a sender learns nothing of them.
Status check_received(const http::Request& request, const flux::ReceiverCheck& receiver);

// "/hook/...": answers as Flux does, 404 where no Receiver has the path, 503 where it does not hear, 400 where the check
// fails, 413 above 3 MiB. `find` gives a Receiver by its path; `take` has its objects reconciled, and must not block: its
// error, a fault of the Receiver's spec, is a 500.
struct Receivers {
  std::function<std::optional<flux::ReceiverCheck>(std::string_view path)> find;
  std::function<Status(std::string_view path)> take;
};
Route receiver_route(Receivers receivers);

}  // namespace taut::server
