// Waiting for objects: until they are ready, until hooks have run, until they are gone. As helm 4's status waiter, whose
// verdicts are kstatus's.
#pragma once

#include "release/resources.hh"

namespace taut::release {

enum class Await : uint8_t {
  kReady,          // as kstatus has it; a Job is ready once it runs
  kReadyWithJobs,  // Jobs must have completed
  kHooks,          // Jobs completed, Pods succeeded; other kinds need only exist
  kGone,
};

struct Verdict {
  bool done = false;
  std::vector<std::string> problems;  // "resource Deployment/default/web not ready. status: InProgress, message: ..."
  std::string waiting_for;
};

// Asks for each object once. What has failed is not waited for, but is a problem.
Verdict judge_resources(Run& run, const Resources& resources, Await what);

// Waits at most `timeout` (30 seconds when it is zero). kTimeout with the problems and "context deadline exceeded";
// kInvalid with the problems when something has failed for good; kCancelled.
Task<Status> wait_for(Run& run, const Resources& resources, Await what, Duration timeout);

}  // namespace taut::release
