// What is to be done so that the Applications are those that a set wants, and what the set's status says then
// (applicationset/controllers, Argo CD 3.5).
#pragma once

#include <functional>
#include <span>
#include <string>
#include <vector>

#include "base/time.hh"
#include "dialect/argo/appset/applications.hh"

namespace taut::argo::appset {

struct Update {
  std::string name;
  Value patch;  // a merge patch
};

struct Removal {
  std::string name;
  std::string uid;
};

struct Work {
  std::vector<Value> create;
  std::vector<Update> update;
  std::vector<Removal> remove;
  // The first thing that stands in the way, and its reason; the rest is done all the same.
  std::string error;
  std::string reason;
};

// `existing`: all Applications of the namespace. `permitted` says why an Application cannot be (its project or cluster
// is not there); empty when it can. Nothing is done when the generators failed.
Work work_for(const Value& application_set, const Applications& wanted, std::span<const Value> existing,
              const std::function<std::string(const Value& application)>& permitted);

// `status` of the set: conditions in Argo CD's words, the Applications it owns and how far their rollout is, if there
// is one. Times of conditions that say the same as before stay.
struct Rollout;
Value status_of(const Value& application_set, const std::string& error, const std::string& reason, bool generated,
                std::span<const Value> existing, Time now, const Rollout* rollout = nullptr);

// Whether Applications may be removed that the set no longer makes, or that are left when it goes.
bool may_remove(const Value& application_set);
// The merge patch after which an Application belongs to no set.
Value release_patch(const Value& application, const Value& application_set);

// Whether the set is the controller of the object.
bool owns(const Value& application_set, const Value& object);

}  // namespace taut::argo::appset
