#include "io/kube/status.hh"

#include <algorithm>
#include <charconv>

#include "base/strings.hh"
#include "value/json.hh"

namespace taut::kube {
namespace {

constexpr size_t kLongestForeignBody = 1024;

Code code_of(int status, std::string_view reason, std::string_view message) {
  if (reason == "AlreadyExists") return Code::kAlreadyExists;
  switch (status) {
    case 400:
    case 405:
    case 406:
    case 413:
    case 415:
    case 422: return Code::kInvalid;
    case 401: return Code::kUnauthenticated;
    case 403: return Code::kForbidden;
    case 404: return Code::kNotFound;
    case 409: return Code::kConflict;
    case 410: return Code::kGone;
    default: break;
  }
  // The server's way to say that an applied object does not fit its schema: no later attempt can help.
  if (status == 500 && message.starts_with("failed to create typed patch object")) return Code::kInvalid;
  if (status == 429 || status >= 500) return Code::kUnavailable;
  return Code::kInvalid;
}

// What client-go says when the body is no Status (rest.Request.newUnstructuredResponseError).
std::string foreign_message(int status, std::string_view body) {
  switch (status) {
    case 401: return "the server has asked for the client to provide credentials";
    case 403: return "the server does not allow this method on the requested resource";
    case 404: return "the server could not find the requested resource";
    case 405: return "the server does not allow this method on the requested resource";
    case 429: return "the server has received too many requests and has asked us to try again later";
    case 503: return "the server is currently unable to handle the request";
    case 504:
      return "the server was unable to return a response in the time allotted, but may still be processing the "
             "request";
    default: break;
  }
  std::string_view shown = trim(body.substr(0, kLongestForeignBody));
  return fmt::format("an error on the server ({}) has prevented the request from succeeding",
                     quote(shown.empty() ? std::string_view("unknown") : shown));
}

// Reads a quoted-string that starts at `at`; leaves `at` behind it.
std::string quoted(std::string_view text, size_t& at) {
  std::string out;
  for (++at; at < text.size() && text[at] != '"'; ++at) {
    if (text[at] == '\\' && at + 1 < text.size()) ++at;
    out += text[at];
  }
  ++at;
  return out;
}

}  // namespace

Error status_error(int http_status, const Value& status) {
  int code = static_cast<int>(status["code"].as_int(http_status));
  std::string message = status["message"].str();
  if (message.empty()) message = foreign_message(code, status["reason"].as_string());
  Error out(code_of(code, status["reason"].as_string(), message), message);
  const Value& causes = status["details"]["causes"];
  if (causes.size() == 1 && !causes[0]["field"].empty()) {
    std::string field = causes[0]["field"].str();
    Position position;
    position.path = field[0] == '.' ? field : '.' + field;
    return std::move(out).at(std::move(position));
  }
  return out;
}

Error answer_error(const net::HttpResponse& answer) {
  auto body = parse_json(answer.body);
  if (body && (*body)["kind"].as_string() == "Status") return status_error(answer.status, *body);
  std::string message = foreign_message(answer.status, answer.body);
  return Error(code_of(answer.status, "", message), message);
}

std::vector<std::string> warnings_of(const net::HttpResponse& answer) {
  std::vector<std::string> out;
  for (const auto& header : answer.headers) {
    if (to_lower(header.name) != "warning") continue;
    // 299 agent "text" ["date"], and perhaps a comma and the next.
    std::string_view text = header.value;
    for (size_t at = 0; (at = text.find('"', at)) != std::string_view::npos;) {
      std::string warning = quoted(text, at);
      if (std::find(out.begin(), out.end(), warning) == out.end()) out.push_back(std::move(warning));
      at = std::min(text.find(',', at), text.size());
    }
  }
  return out;
}

std::optional<std::chrono::seconds> retry_after(const net::HttpResponse& answer) {
  if (answer.status != 429 && answer.status != 503) return std::nullopt;
  const std::string* header = answer.header("Retry-After");
  if (header == nullptr) return std::nullopt;
  int seconds = 0;
  auto [end, error] = std::from_chars(header->data(), header->data() + header->size(), seconds);
  if (error != std::errc() || end != header->data() + header->size() || seconds < 0) return std::nullopt;
  return std::chrono::seconds(seconds);
}

}  // namespace taut::kube
