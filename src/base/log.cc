#include "base/log.hh"

#include <atomic>
#include <memory>
#include <mutex>

namespace taut::log {
namespace {

std::mutex mutex;
std::shared_ptr<const Sink> current;
std::atomic<int> lowest_level{100};

}  // namespace

void set_sink(Sink sink, Level lowest) {
  std::lock_guard lock(mutex);
  current = sink ? std::make_shared<const Sink>(std::move(sink)) : nullptr;
  lowest_level = current ? static_cast<int>(lowest) : 100;
}

bool enabled(Level level) { return static_cast<int>(level) >= lowest_level; }

void write(Level level, std::string_view message) {
  std::shared_ptr<const Sink> sink;
  {
    std::lock_guard lock(mutex);
    sink = current;
  }
  if (sink) (*sink)(level, message);
}

}  // namespace taut::log
