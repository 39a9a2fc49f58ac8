// Waiting times between attempts: doubled each time, with jitter so that many clients do not come back together.
#pragma once

#include <algorithm>
#include <random>

#include "io/net/http.hh"

namespace taut::kube {

class Backoff {
 public:
  Backoff(net::Milliseconds first, net::Milliseconds longest)
      : first_(first), longest_(longest), random_(std::random_device{}()) {}

  // The next wait: between half of and the whole current step.
  net::Milliseconds next() {
    step_ = step_.count() == 0 ? first_ : std::min(step_ * 2, longest_);
    std::uniform_int_distribution<long> spread(step_.count() / 2, step_.count());
    return net::Milliseconds(spread(random_));
  }
  void reset() { step_ = net::Milliseconds(0); }

 private:
  net::Milliseconds first_, longest_;
  net::Milliseconds step_{0};
  std::minstd_rand random_;
};

}  // namespace taut::kube
