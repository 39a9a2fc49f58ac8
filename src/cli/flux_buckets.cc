#include "cli/flux_buckets.hh"

#include <atomic>
#include <thread>

#include "io/bucket/s3.hh"

namespace taut::cli {
namespace {

constexpr size_t kAtOnce = 8;

class S3Client : public flux::BucketClient {
 public:
  explicit S3Client(const flux::BucketPlace& place)
      : bucket_({.endpoint = place.endpoint,
                 .bucket = place.bucket,
                 .region = place.region,
                 .access_key = place.access_key,
                 .secret_key = place.secret_key,
                 .plain_http = place.plain_http,
                 .timeout = place.timeout,
                 .tls = {.ca = place.access.ca_certificates, .certificate = place.access.client_certificate, .key = place.access.client_key},
                 .proxy = place.access.proxy}) {}

  Result<bool> exists() override { return bucket_.exists(); }

  Result<std::vector<Object>> list(const std::string& prefix) override {
    TAUT_ASSIGN(auto objects, bucket_.list(prefix));
    std::vector<Object> out;
    for (auto& object : objects) out.push_back({std::move(object.key), std::move(object.etag)});
    return out;
  }

  std::vector<Result<Content>> get(const std::vector<std::string>& keys) override {
    std::vector<Result<Content>> out(keys.size(), Content());
    std::atomic<size_t> next = 0;
    auto work = [&] {
      for (size_t i; (i = next++) < keys.size();) out[i] = get_one(keys[i]);
    };
    std::vector<std::jthread> threads;
    for (size_t i = 1; i < std::min(kAtOnce, keys.size()); ++i) threads.emplace_back(work);
    work();
    threads.clear();
    return out;
  }

 private:
  Result<Content> get_one(const std::string& key) {
    TAUT_ASSIGN(auto content, bucket_.get(key));
    return Content{std::move(content.etag), std::move(content.bytes)};
  }

  bucket::S3Bucket bucket_;
};

}  // namespace

std::unique_ptr<flux::BucketClient> open_bucket(const flux::BucketPlace& place) { return std::make_unique<S3Client>(place); }

}  // namespace taut::cli
