// The objects of the copy at one moment, and who owns whom.
#pragma once

#include <map>
#include <string>
#include <unordered_map>
#include <vector>

#include "object/id.hh"
#include "port/cluster.hh"
#include "value/value.hh"

namespace taut::preview {

class State {
 public:
  State() = default;
  State(std::vector<Value> objects, std::vector<Value> events);
  // Everything the cluster holds, events too.
  static Result<State> read(Cluster& cluster);

  const std::map<ObjectId, Value>& objects() const { return objects_; }
  const std::vector<Value>& events() const { return events_; }
  // The object, or null.
  const Value& find(const ObjectId& id) const;
  const Value& by_uid(const std::string& uid) const;
  // The last owner of the chain of controllers that starts at the object: of a pod its Deployment. The object itself
  // when nobody controls it.
  const Value& root_of(const Value& object) const;
  // Pods whose root this is, without those that ended or are on their way out.
  std::vector<Value> pods_of(const ObjectId& root) const;
  // Events about the object or about what it is the root of.
  std::vector<Value> events_of(const ObjectId& root) const;

 private:
  std::map<ObjectId, Value> objects_;
  std::unordered_map<std::string, ObjectId> by_uid_;
  std::vector<Value> events_;
};

// Whether a pod is there to serve: neither ended nor being deleted.
bool serves(const Value& pod);

}  // namespace taut::preview
