// The buckets of Flux's sources on S3 servers.
#pragma once

#include <memory>

#include "dialect/flux/bucket.hh"

namespace taut::cli {

// Objects are fetched several at a time.
std::unique_ptr<flux::BucketClient> open_bucket(const flux::BucketPlace& place);

}  // namespace taut::cli
