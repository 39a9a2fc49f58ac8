#include "io/bucket/s3.hh"

#include <fmt/format.h>

#include "base/strings.hh"
#include "base/url.hh"
#include "io/bucket/sign.hh"
#include "io/bucket/xml.hh"

namespace taut::bucket {
namespace {

constexpr std::string_view kDefaultRegion = "us-east-1";
constexpr int kMostPages = 10'000;

using Query = std::vector<std::pair<std::string, std::string>>;

std::string encoded_path(std::string_view key) {
  std::string out;
  for (std::string_view part : split(key, '/')) out += (out.empty() && part.data() == key.data() ? "" : "/") + url_encode(part);
  return out;
}

std::string without_quotes(std::string_view etag) {
  if (etag.starts_with("W/")) etag.remove_prefix(2);
  if (etag.size() >= 2 && etag.starts_with('"') && etag.ends_with('"')) etag = etag.substr(1, etag.size() - 2);
  return std::string(etag);
}

// Keys are asked for in this form, since XML cannot hold all of them.
std::string decoded(std::string_view key) { return url_decode(replace_all(key, "+", " ")).value_or(std::string(key)); }

// Of an answer without a body.
std::string_view usual_message(int status) {
  switch (status) {
    case 301:
    case 307: return "The bucket you are attempting to access must be addressed using the specified endpoint.";
    case 401:
    case 403: return "Access Denied.";
    case 404: return "The specified key does not exist.";
    case 429: return "Please reduce your request rate.";
  }
  return status >= 500 ? "We encountered an internal error, please try again." : "";
}

Error refused(const net::HttpResponse& response) {
  std::string message(usual_message(response.status));
  if (auto body = read_xml(response.body); body && !body->child("Message").empty()) message = body->child("Message");
  if (message.empty()) message = fmt::format("the server answered {}", response.status);
  Code code = response.status == 404                             ? Code::kNotFound
              : response.status == 401 || response.status == 403 ? Code::kUnauthenticated
              : response.status == 429 || response.status >= 500 ? Code::kUnavailable
                                                                 : Code::kInvalid;
  return {code, std::move(message)};
}

// The region that the server names when it was asked by another, or for it. An answer to HEAD says it only in a header.
std::string region_named(const net::HttpResponse& response) {
  if (const std::string* header = response.header("x-amz-bucket-region")) return *header;
  auto body = read_xml(response.body);
  if (!body) return {};
  return std::string(body->name == "LocationConstraint" ? std::string_view(body->text) : body->child("Region"));
}

}  // namespace

// Amazon's and Google's buckets are parts of the host's name, as long as a certificate can be for it.
S3Bucket::S3Bucket(S3Options options)
    : options_(std::move(options)),
      http_({.tls = options_.tls, .proxy = options_.proxy, .compress = false}),
      region_(options_.region.empty() ? std::string(kDefaultRegion) : options_.region) {
  host_ = options_.endpoint;
  bool cloud = host_.ends_with(".amazonaws.com") || host_ == "storage.googleapis.com";
  bool dotted = options_.bucket.find('.') != std::string::npos;
  virtual_host_ = cloud && (options_.plain_http || !dotted);
  if (host_ == "s3.amazonaws.com" && !options_.region.empty()) host_ = fmt::format("s3.{}.amazonaws.com", options_.region);
  if (virtual_host_) host_ = options_.bucket + "." + host_;
}

Result<net::HttpResponse> S3Bucket::ask_once(const std::string& method, const std::string& key, const Query& query, const std::string& region) {
  std::string path = virtual_host_ ? "/" + encoded_path(key) : "/" + url_encode(options_.bucket) + (key.empty() ? "/" : "/" + encoded_path(key));
  // libcurl leaves the scheme's own port out of the header.
  std::string host = host_, usual = options_.plain_http ? ":80" : ":443";
  if (host.ends_with(usual)) host.resize(host.size() - usual.size());
  net::HttpRequest request;
  request.method = method;
  request.url = fmt::format("{}://{}{}{}{}", options_.plain_http ? "http" : "https", host, path, query.empty() ? "" : "?", canonical_query(query));
  request.timeout = options_.timeout;
  if (!options_.access_key.empty())
    for (auto& [name, value] : sign({method, host, path, query}, {options_.access_key, options_.secret_key, region}, std::chrono::system_clock::now()))
      request.headers.push_back({name, value});
  return http_.send(std::move(request));
}

Result<net::HttpResponse> S3Bucket::ask(const std::string& method, const std::string& key, const Query& query) {
  std::string region;
  {
    std::lock_guard lock(mutex_);
    region = region_;
  }
  TAUT_ASSIGN(auto response, ask_once(method, key, query, region));
  bool elsewhere = response.status == 400 || response.status == 301 || response.status == 307;
  if (!elsewhere || !options_.region.empty()) return response;
  std::string named = region_named(response);
  if (named.empty() && method == "HEAD") {
    TAUT_ASSIGN(auto located, ask_once("GET", "", {{"location", ""}}, region));
    named = region_named(located);
  }
  if (named.empty() || named == region) return response;
  {
    std::lock_guard lock(mutex_);
    region_ = named;
  }
  return ask_once(method, key, query, named);
}

Result<bool> S3Bucket::exists() {
  TAUT_ASSIGN(auto response, ask("HEAD", "", {}));
  if (response.status == 404) return false;
  if (response.status != 200) return fail(refused(response));
  return true;
}

Result<std::vector<S3Bucket::Object>> S3Bucket::list(const std::string& prefix) {
  std::vector<Object> out;
  std::string token;
  for (int page = 0; page < kMostPages; ++page) {
    Query query = {{"list-type", "2"}, {"encoding-type", "url"}, {"prefix", prefix}};
    if (!token.empty()) query.emplace_back("continuation-token", token);
    TAUT_ASSIGN(auto response, ask("GET", "", query));
    if (response.status != 200) return fail(refused(response));
    TAUT_ASSIGN(XmlElement list, read_xml(response.body));
    for (const XmlElement& element : list.children)
      if (element.name == "Contents") out.push_back({decoded(element.child("Key")), without_quotes(element.child("ETag"))});
    token = list.child("NextContinuationToken");
    if (list.child("IsTruncated") != "true" || token.empty()) return out;
  }
  return fail(Code::kLimit, "the list has more than {} pages", kMostPages);
}

Result<S3Bucket::Content> S3Bucket::get(const std::string& key) {
  TAUT_ASSIGN(auto response, ask("GET", key, {}));
  if (response.status != 200) return fail(refused(response));
  const std::string* etag = response.header("ETag");
  return Content{etag ? without_quotes(*etag) : std::string(), std::move(response.body)};
}

}  // namespace taut::bucket
