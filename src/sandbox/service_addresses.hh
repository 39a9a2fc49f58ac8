// Cluster addresses and node ports of Services, as the API server's allocators give them.
#pragma once

#include <cstdint>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "sandbox/kinds/strategy.hh"
#include "value/value.hh"

namespace taut::sandbox {

// Range 10.96.0.0/16 and node ports 30000-32767. Thread-safe.
class ServiceAddresses {
 public:
  // Fills in spec.clusterIP(s), spec.ports[].nodePort and healthCheckNodePort of a Service about to be stored;
  // `old` is null on create. Reports addresses and ports that are taken or out of range. What it took is given
  // back by `release` if the write fails.
  std::vector<kinds::Problem> allocate(Value& service, const Value* old, bool dry_run);
  // Frees what a Service holds, except what `keeper` (null for none) holds too.
  void release(const Value& service, const Value* keeper);
  // Takes what a stored Service holds, at start.
  void adopt(const Value& service);

 private:
  std::string free_address();
  int64_t free_port();
  void address(Value& spec, const Value* old, bool dry_run, std::vector<kinds::Problem>& problems);
  void ports(Value& spec, const Value* old, bool dry_run, std::vector<kinds::Problem>& problems);

  std::mutex mutex_;
  std::set<std::string, std::less<>> addresses_;
  std::set<int64_t> ports_;
  uint32_t next_address_ = 10;
  int64_t next_port_ = 0;
};

}  // namespace taut::sandbox
