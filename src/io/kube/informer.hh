// What a watch's handler has been told, and what it must be told next: lists and events in, events out. Pure.
#pragma once

#include <string>
#include <unordered_map>
#include <vector>

#include "port/cluster.hh"

namespace taut::kube {

class Informer {
 public:
  explicit Informer(const Gvk& gvk) : api_version_(gvk.api_version()), kind_(gvk.kind) {}

  // The differences between what is known and a complete list, then kSynced. An object whose uid changed was
  // deleted and made again. Of what is found deleted only the kind, name and namespace are told: no more is kept.
  std::vector<WatchEvent> relist(std::vector<Value> items);

  // Of an object that was told: hashes of its uid and version.
  struct Known {
    uint64_t uid = 0, version = 0;
  };
  struct Step {
    std::optional<WatchEvent> event;
    std::optional<Error> error;  // the server ended the watch; kGone asks for a list
  };
  // One line of a watch stream, {"type":...,"object":...}.
  Step line(std::string_view text);

  const std::string& resource_version() const { return resource_version_; }
  void set_resource_version(std::string version) { resource_version_ = std::move(version); }
  size_t size() const { return known_.size(); }

 private:
  std::optional<WatchEvent> seen(Value object);
  WatchEvent deleted(const std::string& key) const;
  std::optional<WatchEvent> gone(Value object);

  Value api_version_, kind_;
  std::string resource_version_;
  std::unordered_map<std::string, Known> known_;  // by namespace/name
};

}  // namespace taut::kube
