// A bucket of an S3 server (AWS, MinIO and the like), read only: what is in it, and the bytes of its objects.
#pragma once

#include <mutex>
#include <string>
#include <vector>

#include "base/result.hh"
#include "io/net/http.hh"

namespace taut::bucket {

struct S3Options {
  std::string endpoint;  // "minio.example.com:9000"
  std::string bucket;
  std::string region;      // empty: us-east-1, or the one that the server names
  std::string access_key;  // empty: requests are not signed
  std::string secret_key;
  bool plain_http = false;
  std::chrono::seconds timeout{60};  // of one request
  net::TlsOptions tls;
  std::string proxy;
};

// Thread-safe; calls block. Errors have the server's message, or S3's usual one for its code.
class S3Bucket {
 public:
  explicit S3Bucket(S3Options options);

  Result<bool> exists();
  struct Object {
    std::string key;
    std::string etag;  // without quotes
  };
  // All objects below a prefix, page by page.
  Result<std::vector<Object>> list(const std::string& prefix);
  struct Content {
    std::string etag;
    std::string bytes;
  };
  // kNotFound: "The specified key does not exist."
  Result<Content> get(const std::string& key);

 private:
  Result<net::HttpResponse> ask(const std::string& method, const std::string& key, const std::vector<std::pair<std::string, std::string>>& query);
  Result<net::HttpResponse> ask_once(const std::string& method, const std::string& key,
                                     const std::vector<std::pair<std::string, std::string>>& query, const std::string& region);

  const S3Options options_;
  bool virtual_host_ = false;  // the bucket is a part of the host's name
  std::string host_;
  net::HttpClient http_;
  std::mutex mutex_;
  std::string region_;
};

}  // namespace taut::bucket
