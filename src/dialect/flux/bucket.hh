// Flux's Bucket: what an S3 server holds, and its artifact (source.toolkit.fluxcd.io/v1, source-controller 1.9).
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <vector>

#include "dialect/flux/source.hh"

namespace taut::flux {

// One bucket. Calls block; thread-safe.
class BucketClient {
 public:
  virtual ~BucketClient() = default;
  virtual Result<bool> exists() = 0;
  struct Object {
    std::string key;
    std::string etag;
  };
  virtual Result<std::vector<Object>> list(const std::string& prefix) = 0;
  struct Content {
    std::string etag;
    std::string bytes;
  };
  // In the order of the keys; kNotFound for an object that has gone.
  virtual std::vector<Result<Content>> get(const std::vector<std::string>& keys) = 0;
};

struct BucketPlace {
  std::string endpoint;
  std::string bucket;
  std::string region;
  std::string access_key, secret_key;  // empty: asked without a signature
  bool plain_http = false;
  std::chrono::seconds timeout{60};
  SourceAccess access;  // certificates and proxy
};
using OpenBucket = std::function<std::unique_ptr<BucketClient>(const BucketPlace& place)>;

std::optional<SourceError> unsupported_bucket_field(const Value& spec);
// `secret`: that of spec.secretRef, null without one. kInvalid: "invalid 'x' secret data: required fields 'accesskey'
// and 'secretkey'".
Result<BucketPlace> read_bucket_place(const Value& spec, const Value& secret);

// Lists the bucket, leaves out what .sourceignore and spec.ignore name, and makes an artifact of the rest. What `known`
// holds already is not fetched again. Blocks. `files`: how many there are.
struct BucketArtifact {
  Artifact artifact;
  size_t files = 0;
};
tl::expected<BucketArtifact, SourceError> fetch_bucket(const Value& object, BucketClient& client, const std::optional<Artifact>& known);

}  // namespace taut::flux
