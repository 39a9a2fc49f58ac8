#include "io/registry/oci.hh"

#include <fmt/format.h>

#include "base/base64.hh"
#include "base/sha256.hh"
#include "base/strings.hh"
#include "base/url.hh"
#include "value/json.hh"

namespace taut::registry {
namespace {

constexpr const char* kManifests = "application/vnd.oci.image.manifest.v1+json, application/vnd.docker.distribution.manifest.v2+json";

// A parameter of `Bearer realm="...",service="...",scope="..."`.
std::string parameter(std::string_view challenge, std::string_view name) {
  size_t at = challenge.find(fmt::format("{}=\"", name));
  if (at == std::string_view::npos) return "";
  at += name.size() + 2;
  return std::string(challenge.substr(at, challenge.find('"', at) - at));
}

Error refused(const net::HttpResponse& response, const std::string& what) {
  std::string message;
  if (auto body = parse_json(response.body)) message = (*body)["errors"][size_t{0}]["message"].str();
  Code code = response.status == 404                             ? Code::kNotFound
              : response.status == 401 || response.status == 403 ? Code::kUnauthenticated
              : response.status == 429 || response.status >= 500 ? Code::kUnavailable
                                                                 : Code::kInvalid;
  return Error(code, fmt::format("{}: response status code {}{}{}", what, response.status, message.empty() ? "" : ": ", message));
}

}  // namespace

// Docker's registry is not where its name says.
OciRegistry::OciRegistry(net::HttpClient& http, std::string host, Login login, bool plain_http)
    : http_(http), base_((plain_http ? "http://" : "https://") + (host == "docker.io" ? "registry-1.docker.io" : host) + "/v2/"), login_(std::move(login)) {}

// Asked without a token first where none is known: many charts are for everybody.
Result<net::HttpResponse> OciRegistry::get(const std::string& repository, const std::string& url, const std::string& accept) {
  for (int attempt = 0;; ++attempt) {
    net::HttpRequest request;
    request.url = url;
    request.max_redirects = 5;
    request.idle_timeout = net::Milliseconds(30'000);
    if (!accept.empty()) request.headers.push_back({"Accept", accept});
    {
      std::lock_guard lock(mutex_);
      if (auto known = tokens_.find(repository); known != tokens_.end()) request.headers.push_back({"Authorization", known->second});
    }
    TAUT_ASSIGN(auto response, http_.send(std::move(request)));
    const std::string* challenge = response.header("WWW-Authenticate");
    if (response.status != 401 || !challenge || attempt > 0) return response;
    TAUT_ASSIGN(std::string authorization, token(repository, *challenge));
    std::lock_guard lock(mutex_);
    tokens_[repository] = std::move(authorization);
  }
}

Result<std::string> OciRegistry::token(const std::string& repository, std::string_view challenge) {
  if (to_lower(challenge.substr(0, 5)) == "basic") return "Basic " + base64_encode(login_.user + ":" + login_.password);
  std::string realm = parameter(challenge, "realm"), service = parameter(challenge, "service");
  if (realm.empty()) return fail(Code::kUnauthenticated, "the registry asks for a login that is not understood");
  std::string scope = parameter(challenge, "scope");
  if (scope.empty()) scope = fmt::format("repository:{}:pull", repository);
  net::HttpRequest request;
  request.url = fmt::format("{}{}service={}&scope={}", realm, realm.find('?') == std::string::npos ? '?' : '&', url_encode(service), url_encode(scope));
  request.user = login_.user;
  request.password = login_.password;
  request.timeout = net::Milliseconds(30'000);
  TAUT_ASSIGN(auto response, http_.send(std::move(request)));
  if (response.status != 200) return fail(refused(response, "failed to fetch a token"));
  TAUT_ASSIGN(Value body, parse_json(response.body));
  std::string text = body["token"].str();
  if (text.empty()) text = body["access_token"].str();
  if (text.empty()) return fail(Code::kUnauthenticated, "the registry's answer holds no token");
  return "Bearer " + text;
}

Result<std::vector<std::string>> OciRegistry::tags(const std::string& repository) {
  std::vector<std::string> out;
  std::string url = fmt::format("{}{}/tags/list", base_, repository);
  for (int page = 0; page < 1000 && !url.empty(); ++page) {
    TAUT_ASSIGN(auto response, get(repository, url, ""));
    if (response.status != 200) return fail(refused(response, repository));
    TAUT_ASSIGN(Value body, parse_json(response.body));
    for (const Value& tag : body["tags"].items()) out.push_back(tag.str());
    url.clear();
    // Link: </v2/charts/nginx/tags/list?last=1.2.3&n=100>; rel="next"
    const std::string* link = response.header("Link");
    if (!link || link->find("rel=\"next\"") == std::string::npos) break;
    size_t open = link->find('<'), close = link->find('>');
    if (open == std::string::npos || close == std::string::npos) break;
    url = link->substr(open + 1, close - open - 1);
    if (url.starts_with('/')) url = base_.substr(0, base_.size() - 4) + url;
  }
  return out;
}

Result<std::string> OciRegistry::manifest(const std::string& repository, const std::string& reference) {
  TAUT_ASSIGN(auto response, get(repository, fmt::format("{}{}/manifests/{}", base_, repository, reference), kManifests));
  if (response.status != 200) return fail(refused(response, fmt::format("{}:{}", repository, reference)));
  return std::move(response.body);
}

Result<std::string> OciRegistry::blob(const std::string& repository, const std::string& digest) {
  TAUT_ASSIGN(auto response, get(repository, fmt::format("{}{}/blobs/{}", base_, repository, digest), ""));
  if (response.status != 200) return fail(refused(response, fmt::format("{}@{}", repository, digest)));
  if (digest.starts_with("sha256:") && sha256_digest(response.body) != digest)
    return fail(Code::kInvalid, "{}: what came is not what {} names", repository, digest);
  return std::move(response.body);
}

}  // namespace taut::registry
