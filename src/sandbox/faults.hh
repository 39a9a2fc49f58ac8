// Faults on purpose: what a client must survive, injected by rule.
//
// A fault file has one rule a line; # begins a comment:
//
//   VERBS PATH-GLOB FAULT [p=0.05] [count=3] [after=10]
//   *            *                          error=500 p=0.05
//   get,list     /api/v1/namespaces/*/pods* latency=200ms
//   watch        *                          cut=2s
//   patch        *                          reset count=1
//   create       /apis/apps/*               too-many=1s p=0.1
//   watch,list   *                          expired p=0.2
//   seed 42
//
// error=CODE answers that status, too-many=DURATION 429 with Retry-After, reset cuts the connection, latency=D
// answers late, expired answers 410, cut=D ends a watch after D, slow=D holds back each batch of a watch.
// `p` is the probability (1), `count` how often the rule applies in all, `after` how many matches pass first. The
// same seed and the same order of requests give the same faults.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.hh"
#include "sandbox/http.hh"
#include "sandbox/request_info.hh"

namespace taut::sandbox {

class Faults {
 public:
  Faults();
  ~Faults();
  // Replaces the rules; kInvalid names the line. Thread-safe.
  Status load(std::string_view text);
  // The answer to a request: the handler's, or a fault, or both.
  Response apply(const Request& request, const RequestInfo& info, const std::function<Response()>& handler);

 private:
  struct Rule;
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace taut::sandbox
