// What is wrong with an AppProject, as Argo CD's API server says it when one is written (ValidateProject, v3.5).
#pragma once

#include "base/result.hh"
#include "value/value.hh"

namespace taut::argo {

// kInvalid or kAlreadyExists with the first fault, in Argo CD's words: "source repository 'foo' already added".
Status check_project(const Value& project);

}  // namespace taut::argo
