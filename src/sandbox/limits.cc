#include "sandbox/limits.hh"

#include <algorithm>

namespace taut::sandbox {
namespace {

constexpr double kBurst = 2;  // seconds' worth
constexpr size_t kMostUsers = 10'000;

}  // namespace

bool Limits::admit(const User& user, Clock::time_point now) {
  if (user.admin || options_.requests_per_second <= 0) return true;
  double most = options_.requests_per_second * kBurst;
  std::lock_guard lock(mutex_);
  if (buckets_.size() > kMostUsers) forget_idle(now);
  auto [bucket, fresh] = buckets_.try_emplace(user.name, Bucket{most, now});
  double passed = std::chrono::duration<double>(now - bucket->second.filled).count();
  bucket->second.tokens = std::min(most, bucket->second.tokens + passed * options_.requests_per_second);
  bucket->second.filled = now;
  if (bucket->second.tokens < 1) return false;
  bucket->second.tokens -= 1;
  return true;
}

// A bucket that would be full is as good as none.
void Limits::forget_idle(Clock::time_point now) {
  auto full = [&](const auto& entry) { return now - entry.second.filled > std::chrono::duration<double>(kBurst); };
  std::erase_if(buckets_, full);
}

std::shared_ptr<void> Limits::take_watch() {
  if (watches_->fetch_add(1) >= options_.watches) {
    watches_->fetch_sub(1);
    return nullptr;
  }
  return {watches_.get(), [watches = watches_](void*) { watches->fetch_sub(1); }};
}

// http.Error of the priority and fairness filter (apiserver/pkg/server/filters/priority-and-fairness.go, tooManyRequests).
Response too_many_requests() {
  Response out;
  out.code = 429;
  out.content_type = "text/plain; charset=utf-8";
  out.headers = {{"Retry-After", "1"}, {"X-Content-Type-Options", "nosniff"}};
  out.body = "Too many requests, please try again later.\n";
  return out;
}

}  // namespace taut::sandbox
