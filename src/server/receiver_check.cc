#include "server/receiver_check.hh"

#include <algorithm>

#include "base/log.hh"
#include "base/strings.hh"
#include "server/signature.hh"
#include "value/json.hh"

namespace taut::server {
namespace {

using flux::ReceiverCheck;
using http::Request;

bool allowed(const ReceiverCheck& receiver, std::string_view event) {
  return receiver.events.empty() || std::ranges::any_of(receiver.events, [&](const std::string& e) { return to_lower(e) == to_lower(event); });
}

// As go-github's ValidateSignature: "sha256=<hex>", and sha1 and sha512.
Status check_signature(std::string_view signature, std::string_view body, const std::string& token) {
  if (signature.empty()) return fail(Code::kUnauthenticated, "missing signature");
  std::string_view kind, digest;
  if (!cut(signature, "=", kind, digest)) return fail(Code::kUnauthenticated, "error parsing signature");
  std::optional<Digest> with;
  if (kind == "sha1") with = Digest::kSha1;
  if (kind == "sha256") with = Digest::kSha256;
  if (kind == "sha512") with = Digest::kSha512;
  if (!with) return fail(Code::kUnauthenticated, "unknown hash type prefix");
  if (!same_secret(to_lower(digest), hmac_hex(*with, token, body))) return fail(Code::kUnauthenticated, "payload signature check failed");
  return {};
}

// As go-github's ValidatePayload: a form is signed as a whole.
Status check_hub(const Request& request, const ReceiverCheck& receiver) {
  std::string_view signature = request.header("X-Hub-Signature-256");
  if (signature.empty()) signature = request.header("X-Hub-Signature");
  std::string_view type = request.header("Content-Type");
  type = trim(type.substr(0, type.find(';')));
  if (type != "application/json" && type != "application/x-www-form-urlencoded")
    return fail(Code::kInvalid, "webhook request has unsupported Content-Type \"{}\"", type);
  if (receiver.token.empty()) return {};
  return check_signature(signature, request.body, receiver.token);
}

Status check_event(const ReceiverCheck& receiver, std::string_view sender, std::string_view event) {
  if (allowed(receiver, event)) return {};
  return fail(Code::kForbidden, "the {} \"{}\" is not authorised", sender, event);
}

// What cannot be decoded into an object is no event of that sender.
Status check_json(const Request& request, std::string_view sender) {
  auto body = parse_json(request.body);
  if (body && (body->is_map() || body->is_null())) return {};
  return fail(Code::kInvalid, "cannot decode {} webhook payload", sender);
}

Failure unauthenticated(std::string_view sender, const Error& error) {
  return fail(Code::kUnauthenticated, "the {} signature header is invalid, err: {}", sender, error.message());
}

Status check_github(const Request& request, const ReceiverCheck& receiver) {
  if (auto done = check_hub(request, receiver); !done) return unauthenticated("GitHub", done.error());
  return check_event(receiver, "GitHub event", request.header("X-GitHub-Event"));
}

Status check_bitbucket(const Request& request, const ReceiverCheck& receiver) {
  if (auto done = check_hub(request, receiver); !done) return unauthenticated("Bitbucket server", done.error());
  return check_event(receiver, "Bitbucket server event", request.header("X-Event-Key"));
}

Status check_gitlab(const Request& request, const ReceiverCheck& receiver) {
  if (!same_secret(request.header("X-Gitlab-Token"), receiver.token))
    return fail(Code::kUnauthenticated, "the X-Gitlab-Token header value does not match the receiver token");
  return check_event(receiver, "GitLab event", request.header("X-Gitlab-Event"));
}

Status check_hmac(const Request& request, const ReceiverCheck& receiver) {
  auto done = check_signature(request.header("X-Signature"), request.body, receiver.token);
  if (done) return done;
  return fail(Code::kUnauthenticated, "unable to validate HMAC signature: {}", done.error().message());
}

Status check_harbor(const Request& request, const ReceiverCheck& receiver) {
  if (same_secret(request.header("Authorization"), receiver.token)) return {};
  return fail(Code::kUnauthenticated, "the Harbor Authorization header value does not match the receiver token");
}

Status check_nexus(const Request& request, const ReceiverCheck& receiver) {
  std::string_view signature = request.header("X-Nexus-Webhook-Signature");
  if (signature.empty()) return fail(Code::kUnauthenticated, "the Nexus signature is missing from header");
  if (!same_secret(signature, hmac_hex(Digest::kSha1, receiver.token, request.body))) return fail(Code::kUnauthenticated, "invalid Nexus signature");
  return check_json(request, "Nexus");
}

struct Sender {
  std::string_view type;
  Status (*check)(const Request& request, const ReceiverCheck& receiver);
};
constexpr Sender kSenders[] = {
    {"generic", [](const Request&, const ReceiverCheck&) { return Status(); }},
    {"generic-hmac", check_hmac},
    {"github", check_github},
    {"gitlab", check_gitlab},
    {"bitbucket", check_bitbucket},
    {"harbor", check_harbor},
    {"dockerhub", [](const Request& request, const ReceiverCheck&) { return check_json(request, "DockerHub"); }},
    {"quay", [](const Request& request, const ReceiverCheck&) { return check_json(request, "Quay"); }},
    {"nexus", check_nexus},
    {"acr", [](const Request& request, const ReceiverCheck&) { return check_json(request, "ACR"); }},
};

http::Response answer(int code) {
  http::Response out;
  out.code = code;
  out.content_type = "text/plain; charset=utf-8";
  return out;
}

}  // namespace

Status check_received(const Request& request, const ReceiverCheck& receiver) {
  for (const Sender& sender : kSenders)
    if (sender.type == receiver.type) return sender.check(request, receiver);
  return fail(Code::kUnsupported, "receiver type \"{}\" not supported", receiver.type);
}

Route receiver_route(Receivers receivers) {
  auto handle = [receivers = std::move(receivers)](const Request& request) {
    if (request.too_large || request.body.size() > kMostReceived) return answer(413);
    auto receiver = request.query.empty() ? receivers.find(request.path) : std::nullopt;
    if (!receiver) return answer(404);
    if (!receiver->answers) {
      log::warn("Receiver {}: unable to process request: it is suspended or not ready", receiver->name);
      return answer(503);
    }
    if (auto checked = check_received(request, *receiver); !checked) {
      log::warn("Receiver {}: unable to validate payload: {}", receiver->name, checked.error().message());
      return answer(400);
    }
    if (auto taken = receivers.take(request.path); !taken) {
      log::warn("Receiver {}: unable to request reconciliation: {}", receiver->name, taken.error().message());
      return answer(500);
    }
    return answer(200);
  };
  return {std::string(flux::kReceiverPath), std::move(handle)};
}

}  // namespace taut::server
