// Shared: a value that copies share until one of them is changed, for what is large and the same in many places.
#pragma once

#include <memory>
#include <utility>

namespace taut {

// Reads as a T. Each is one thread's at a time, as any value; what several share is never changed.
template <class T>
class Shared {
 public:
  Shared() = default;
  Shared(T value) : value_(std::make_shared<const T>(std::move(value))) {}

  const T& operator*() const { return value_ ? *value_ : nothing(); }
  const T* operator->() const { return &**this; }
  operator const T&() const { return **this; }
  bool operator==(const Shared& other) const { return value_ == other.value_ || **this == *other; }
  bool operator==(const T& other) const { return **this == other; }

 private:
  static const T& nothing() {
    static const T kNothing{};
    return kNothing;
  }

  std::shared_ptr<const T> value_;
};

}  // namespace taut
