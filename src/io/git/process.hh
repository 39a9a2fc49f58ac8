// Runs a program without a shell and gives back what it wrote.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/cancel.hh"
#include "base/result.hh"
#include "base/time.hh"

namespace taut::git {

struct ProcessRequest {
  std::vector<std::string> arguments;    // the first is the program, looked up in PATH
  std::vector<std::string> environment;  // "NAME=value": all that the program gets, nothing is inherited
  std::string folder;                    // to run in; empty: the caller's
  Duration timeout = std::chrono::seconds(90);
  std::optional<Cancel> cancel;
  size_t output_limit = 64 << 20;  // bytes of standard output; above it the program is stopped
};

struct ProcessResult {
  int code = 0;  // exit code; 128 + signal when a signal ended it
  std::string out;
  std::string err;  // the last 64 KiB
};

// Standard input is empty. When time is up, or on cancel, the program and all that it started are ended (SIGTERM,
// then SIGKILL). kTimeout, kCancelled, kLimit; kNotFound when there is no such program. An exit code other than 0
// is no error here. Blocks; thread-safe.
Result<ProcessResult> run_process(const ProcessRequest& request);

}  // namespace taut::git
