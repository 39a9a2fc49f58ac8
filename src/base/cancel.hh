// A request to stop, shared between who asks and who works. Copies refer to the same request. Thread-safe.
#pragma once

#include <atomic>
#include <memory>

namespace taut {

class Cancel {
 public:
  Cancel() : flag_(std::make_shared<std::atomic<bool>>(false)) {}
  void request() const { flag_->store(true, std::memory_order_relaxed); }
  bool requested() const { return flag_->load(std::memory_order_relaxed); }

 private:
  std::shared_ptr<std::atomic<bool>> flag_;
};

}  // namespace taut
