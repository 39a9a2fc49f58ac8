// What is measured: each phase drives one server and says how many of something it did in a second.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "connection.hh"

namespace taut::bench {

// One server and the connections to it.
class Driver {
 public:
  explicit Driver(Target target);

  const Target& target() const { return target_; }
  Loop& loop() { return loop_; }
  // Sends `requests` over `connections` at once, one after the other on each, and returns requests per second. Ends
  // the program when an answer has another code than `expected`.
  double drive(size_t connections, const std::vector<std::string>& requests, int expected);
  std::string request(std::string_view method, std::string_view path, std::string_view type = {}, std::string_view body = {}) const {
    return request_text(target_, method, path, type, body);
  }
  void make_namespace(const std::string& name);
  // A number that no other call gave: names of objects.
  size_t next(size_t count) { return std::exchange(next_, next_ + count); }

 private:
  Target target_;
  Loop loop_;
  std::vector<std::unique_ptr<Connection>> connections_;
  size_t next_ = 0;
};

struct Phase {
  const char* name;
  const char* unit;
  size_t connections;
  double (*run)(Driver& driver, size_t connections);
};

// In the order in which they are to run.
const std::vector<Phase>& phases();

constexpr size_t kMany = 10'000;
// Fills the namespace that later phases read with kMany ConfigMaps; creations per second.
double fill(Driver& driver);

}  // namespace taut::bench
