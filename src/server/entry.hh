// The HTTP entry of `taut serve`: a table of paths, each with who answers there.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "server/http.hh"
#include "server/webhook_event.hh"

namespace taut::server {

struct Route {
  std::string path;  // this one; with a slash at the end all below it
  http::Handler handle;
};

// The first route that fits answers; 404 as Go's net/http where none does. Answers "ok" on /healthz.
http::Handler make_entry(std::vector<Route> routes);

// The largest body that is read, as Argo CD's webhook.maxPayloadSizeMB.
inline constexpr size_t kMostPayload = 50u << 20;

// "/api/webhook": hands each event on, and answers as Argo CD does. `take` must not block.
Route webhook_route(WebhookSecrets secrets, std::function<void(argo::Push)> take);

}  // namespace taut::server
