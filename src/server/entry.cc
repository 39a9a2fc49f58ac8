#include "server/entry.hh"

#include <fmt/format.h>

#include "base/log.hh"
#include "base/strings.hh"

namespace taut::server {
namespace {

http::Response text(int code, std::string body) {
  http::Response out;
  out.code = code;
  out.content_type = "text/plain; charset=utf-8";
  out.body = std::move(body);
  if (!out.body.empty()) out.body += '\n';
  return out;
}

bool fits(const Route& route, std::string_view path) {
  return route.path.ends_with('/') ? path.starts_with(route.path) : path == route.path;
}

// What a sender wrote goes into an answer only as text.
std::string escaped(std::string_view message) {
  return replace_all(replace_all(replace_all(message, "&", "&amp;"), "<", "&lt;"), ">", "&gt;");
}

http::Response refused(const http::Request& request, const Error& error) {
  if (error.message() == "error parsing payload")
    return text(400, fmt::format("Webhook processing failed: The payload is either too large or corrupted. Please check the payload size "
                                 "(must be under {} MB) and ensure it is valid JSON", kMostPayload >> 20));
  if (error.message() == "Unknown webhook event") return text(400, error.message());
  return text(request.method == "POST" ? 400 : 405, "Webhook processing failed: " + escaped(error.message()));
}

void note(const argo::Push& push) {
  std::string urls = join(push.urls, ", ");
  if (push.kind == argo::Push::Kind::kPush)
    log::info("Received push event repo: {}, revision: {}, touchedHead: {}", urls, push.revision, push.touches_head);
  else
    log::info("Received pull request event repo: {}", urls);
}

}  // namespace

http::Handler make_entry(std::vector<Route> routes) {
  return [routes = std::move(routes)](const http::Request& request) {
    for (const Route& route : routes)
      if (fits(route, request.path)) return route.handle(request);
    if (request.path == "/healthz") return text(200, "ok");
    return text(404, "404 page not found");
  };
}

Route webhook_route(WebhookSecrets secrets, std::function<void(argo::Push)> take) {
  auto handle = [secrets = std::move(secrets), take = std::move(take)](const http::Request& request) {
    auto event = request.too_large ? Result<argo::Push>(fail(Code::kInvalid, "error parsing payload")) : read_webhook(request, secrets);
    if (!event) {
      log::warn("Webhook processing failed: {}", event.error().message());
      return refused(request, event.error());
    }
    if (event->kind == argo::Push::Kind::kNothing) return text(200, "");
    note(*event);
    take(std::move(*event));
    return text(200, "");
  };
  return {"/api/webhook", std::move(handle)};
}

}  // namespace taut::server
