// Records appended to a file: each is there as a whole or not at all. What is written one by one goes here, at the cost
// of one system call; from time to time somebody moves it to a better place and clears the file.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.hh"

namespace taut::store {

// Not thread-safe. Nothing keeps other processes away: a lock on something beside the file has to.
class AppendLog {
 public:
  // Opens or makes the file (mode 0600). kForbidden when it cannot be.
  static Result<std::unique_ptr<AppendLog>> open(const std::string& path);
  ~AppendLog();
  AppendLog(const AppendLog&) = delete;

  // A record that was appended has reached the operating system: it survives the process, though not a power cut. After
  // an error (kLimit: the disk is full) the file is as it was before. The record is made of `head` and `body`.
  Status append(std::string_view head, std::string_view body);
  // Calls `each` with all records from the first on, until one of them fails. A record that was cut off by the end of a
  // process is none, nor is what follows it. The texts live during the call only.
  Status read(const std::function<Status(std::string_view)>& each) const;
  // Removes all records.
  Status clear();
  // Bytes in the file.
  uint64_t size() const { return size_; }

 private:
  AppendLog(int file, uint64_t size) : file_(file), size_(size) {}
  int file_;
  uint64_t size_;
  std::string scratch_;
  bool broken_ = false;  // a piece of a record could not be removed
};

}  // namespace taut::store
