// A client of OCI registries (distribution spec 1.1), as far as charts need it: tags, manifests, blobs, tokens.
#pragma once

#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "base/result.hh"
#include "io/net/http.hh"

namespace taut::registry {

struct Login {
  std::string user, password;
};

// Thread-safe.
class OciRegistry {
 public:
  // `host`: "registry.example.com:5000".
  OciRegistry(net::HttpClient& http, std::string host, Login login, bool plain_http);

  // All tags of a repository, page by page. kNotFound, kUnauthenticated, kUnavailable.
  Result<std::vector<std::string>> tags(const std::string& repository);
  // The manifest of a tag or digest, as JSON text.
  Result<std::string> manifest(const std::string& repository, const std::string& reference);
  // The bytes of a blob; kInvalid when they are not those that the digest names.
  Result<std::string> blob(const std::string& repository, const std::string& digest);

 private:
  Result<net::HttpResponse> get(const std::string& repository, const std::string& url, const std::string& accept);
  Result<std::string> token(const std::string& repository, std::string_view challenge);

  net::HttpClient& http_;
  const std::string base_;
  const Login login_;
  std::mutex mutex_;
  std::map<std::string, std::string> tokens_;  // by repository: the Authorization header that was taken last
};

}  // namespace taut::registry
