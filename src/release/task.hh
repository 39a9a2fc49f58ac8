// Task: a function that may pause and go on later, so that an action reads from top to bottom as helm's do and still
// holds no thread while it waits. The compiler keeps the state; nothing here knows of threads or clocks.
//
// A Task starts when it is awaited and belongs to who holds it. What it is given by reference must outlive it: pass
// named things, not temporaries.
#pragma once

#include <coroutine>
#include <optional>
#include <utility>

namespace taut::release {

template <class T>
class Task {
 public:
  struct promise_type {
    using Handle = std::coroutine_handle<promise_type>;
    std::coroutine_handle<> continuation;
    std::optional<T> value;

    Task get_return_object() { return Task(Handle::from_promise(*this)); }
    std::suspend_always initial_suspend() noexcept { return {}; }
    struct Final {
      bool await_ready() noexcept { return false; }
      std::coroutine_handle<> await_suspend(Handle handle) noexcept {
        auto next = handle.promise().continuation;
        return next ? next : std::noop_coroutine();
      }
      void await_resume() noexcept {}
    };
    Final final_suspend() noexcept { return {}; }
    void return_value(T result) { value.emplace(std::move(result)); }
    void unhandled_exception() { throw; }
  };

  Task(Task&& other) noexcept : handle_(std::exchange(other.handle_, nullptr)) {}
  Task& operator=(Task&& other) noexcept {
    std::swap(handle_, other.handle_);
    return *this;
  }
  ~Task() {
    if (handle_) handle_.destroy();
  }

  // Awaiting: runs it, then goes on with what it returned.
  bool await_ready() const noexcept { return false; }
  std::coroutine_handle<> await_suspend(std::coroutine_handle<> caller) noexcept {
    handle_.promise().continuation = caller;
    return handle_;
  }
  T await_resume() { return std::move(*handle_.promise().value); }

  // For the root, which nothing awaits.
  std::coroutine_handle<> handle() const { return handle_; }
  bool done() const { return handle_.done(); }
  T take() { return std::move(*handle_.promise().value); }

 private:
  using Handle = typename promise_type::Handle;
  explicit Task(Handle handle) : handle_(handle) {}
  Handle handle_;
};

}  // namespace taut::release
