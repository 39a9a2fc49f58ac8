// Waiting times between attempts: doubled each time, with jitter so that many clients do not come back together.
#pragma once

#include <algorithm>
#include <random>

#include "io/net/http.hh"

namespace taut::kube {

class Backoff {
 public:
  Backoff(net::Milliseconds first, net::Milliseconds longest) : first_(first), longest_(longest) {}

  // The next wait: between half of and the whole current step.
  net::Milliseconds next() {
    step_ = step_.count() == 0 ? first_ : std::min(step_ * 2, longest_);
    return net::Milliseconds(step_.count() / 2 + random_up_to(step_.count() / 2));
  }
  void reset() { step_ = net::Milliseconds(0); }

  // From 0 to `most`, seeded once a thread: asking the system for randomness costs more than many a request.
  static long random_up_to(long most) {
    static thread_local std::minstd_rand random{std::random_device{}()};
    return std::uniform_int_distribution<long>(0, most)(random);
  }

 private:
  net::Milliseconds first_, longest_;
  net::Milliseconds step_{0};
};

}  // namespace taut::kube
