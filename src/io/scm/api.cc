#include "io/scm/api.hh"

#include <algorithm>

#include "base/strings.hh"
#include "base/url.hh"
#include "io/scm/scm.hh"
#include "value/json.hh"

namespace taut::scm {
namespace {

constexpr int kMostPages = 1000;

net::HttpOptions http_options(const ScmAccount& account) {
  net::HttpOptions out;
  out.tls.ca = account.ca;
  out.tls.insecure = account.insecure;
  out.proxy = account.proxy;
  out.no_proxy = account.no_proxy;
  out.max_body = 64u << 20;
  return out;
}

Code code_of(int status) {
  if (status == 401) return Code::kUnauthenticated;
  if (status == 403) return Code::kForbidden;
  if (status == 404 || status == 410) return Code::kNotFound;
  if (status == 429 || status >= 500) return Code::kUnavailable;
  return Code::kInvalid;
}

// What the server says: GitHub and Gitea as `message`, GitLab also as `error`.
std::string message_of(const std::string& body) {
  auto value = parse_json(body);
  if (!value) return "";
  for (std::string_view key : {"message", "error"})
    if (const std::string text = (*value)[key].str(); !text.empty()) return ": " + text;
  return "";
}

bool has_next(const net::HttpResponse& answer) {
  const std::string* link = answer.header("Link");
  return link != nullptr && link->find("rel=\"next\"") != std::string::npos;
}

}  // namespace

Api::Api(std::string base, net::Header authorization, const ScmAccount& account)
    : base_(std::move(base)), authorization_(std::move(authorization)), client_(http_options(account)) {}

Result<net::HttpResponse> Api::exchange(const std::string& method, const std::string& path, std::string body) {
  net::HttpRequest request;
  request.method = method;
  request.url = base_ + path;
  request.headers = {{"Accept", "application/json"}};
  if (!authorization_.value.empty()) request.headers.push_back(authorization_);
  if (!body.empty()) request.headers.push_back({"Content-Type", "application/json"});
  request.body = std::move(body);
  request.timeout = std::chrono::seconds(30);
  std::string doing = fmt::format("{} {}", method, redact_urls(request.url.substr(0, request.url.find('?'))));
  auto answer = client_.send(std::move(request));
  if (!answer) return tl::unexpected(std::move(answer).error().while_doing(doing));
  if (answer->status / 100 == 2) return answer;
  return fail(code_of(answer->status), "{}: {}{}", doing, answer->status, message_of(answer->body));
}

Result<Value> Api::get(const std::string& path) {
  TAUT_ASSIGN(auto answer, exchange("GET", path, ""));
  return parse_json(answer.body);
}

Result<Value> Api::send(const std::string& method, const std::string& path, const Value& body) {
  TAUT_ASSIGN(auto answer, exchange(method, path, to_json(body)));
  return parse_json(answer.body);
}

Result<std::vector<Value>> Api::list(const std::string& path, const std::string& size, const std::function<bool(const Value&)>& stop) {
  std::vector<Value> out;
  for (int page = 1; page <= kMostPages; ++page) {
    TAUT_ASSIGN(auto answer, exchange("GET", fmt::format("{}{}{}&page={}", path, contains(path, "?") ? "&" : "?", size, page), ""));
    TAUT_ASSIGN(Value items, parse_json(answer.body));
    for (const Value& item : items.items()) {
      out.push_back(item);
      if (stop && stop(item)) return out;
    }
    if (!has_next(answer)) break;
  }
  return out;
}

std::vector<std::string> strings_of(const Value& list) {
  std::vector<std::string> out;
  for (const Value& item : list.items()) out.push_back(item.str());
  return out;
}

std::vector<std::string> names_of(const Value& list) {
  std::vector<std::string> out;
  for (const Value& item : list.items()) out.push_back(item["name"].str());
  return out;
}

bool has_all(const std::vector<std::string>& labels, const std::vector<std::string>& wanted) {
  return std::ranges::all_of(wanted, [&](const std::string& label) { return std::ranges::find(labels, label) != labels.end(); });
}

Result<std::shared_ptr<Scm>> open(const ScmAccount& account) {
  struct Provider {
    std::string_view name, api;
    std::shared_ptr<Scm> (*make)(std::string base, const ScmAccount& account);
  };
  static constexpr Provider kProviders[] = {
      {"github", "https://api.github.com", make_github},
      {"gitlab", "https://gitlab.com", make_gitlab},
      {"gitea", "", make_gitea},
  };
  for (const Provider& provider : kProviders) {
    if (provider.name != account.provider) continue;
    std::string base(trim_right(account.api.empty() ? provider.api : std::string_view(account.api), "/"));
    auto url = Url::parse(base);
    if (!url || url->host.empty() || (url->scheme != "https" && url->scheme != "http"))
      return fail(Code::kInvalid, "the API of {} is not an http(s) URL: \"{}\"", account.provider, account.api);
    return provider.make(std::move(base), account);
  }
  return fail(Code::kUnsupported, "{} is not supported by taut: github, gitlab and gitea are", account.provider);
}

}  // namespace taut::scm
