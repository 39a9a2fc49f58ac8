// The root cause: the deepest unhealthy part of an object that has a sentence.
#pragma once

#include <map>
#include <string>
#include <unordered_map>
#include <vector>

#include "health/reasons.hh"

namespace taut {

// Objects of a cluster by who owns them, and events by what they are about. A value that only reads what it is given;
// build it once for many objects.
class Family {
 public:
  // `related`: what rules look up by name (claims, storage classes, ConfigMaps), for all objects alike.
  Family(std::vector<Value> objects, std::vector<Value> events, std::vector<Value> related = {});

  // The objects that the one with this uid controls or owns.
  std::vector<const Value*> children_of(const Value& object) const;
  // Pods below the object, itself if it is one; those that ended are left out.
  std::vector<Value> pods_of(const Value& object) const;
  // About the object or anything below it.
  std::vector<Value> events_of(const Value& object) const;
  const std::vector<Value>& related() const { return related_; }

 private:
  void add_events(const Value& object, int depth, std::vector<Value>& out) const;
  void add_pods(const Value& object, int depth, std::vector<Value>& out) const;

  std::vector<Value> objects_, events_, related_;
  std::unordered_map<std::string, std::vector<size_t>> by_owner_;
  std::map<std::string, std::vector<size_t>> by_subject_;  // "Pod/ns/name" to events
};

// What an object suffers from: the deepest child that is not healthy and has a sentence, else the object's own. `base`
// gives what is the same for all (revision, source, time).
std::optional<Reason> root_cause(const Value& object, const Family& family, const Surroundings& base);

}  // namespace taut
