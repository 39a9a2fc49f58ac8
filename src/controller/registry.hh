// Registry: the Applications and AppProjects of the control namespace, and what their changes mean to the engine.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "dialect/argo/application.hh"
#include "engine/event.hh"
#include "port/cluster.hh"

namespace taut::controller {

// Not thread-safe; lives on the controller's strand. Nothing is told to the engine before both kinds are listed.
class Registry {
 public:
  Registry(std::string control_namespace, std::vector<argo::ClusterName> clusters);

  // A change in a watch of one of the two kinds; the engine's events that follow from it.
  std::vector<engine::Event> changed(const Gvk& gvk, const WatchEvent& event);

  // The Application as last seen, or null.
  Value application(const engine::UnitKey& unit) const;
  // What a write returned, taken as seen.
  void seen(const engine::UnitKey& unit, const Value& application);
  const engine::UnitSpec* spec(const engine::UnitKey& unit) const;

 private:
  struct Entry {
    Value object;
    engine::UnitSpec spec;
    bool told = false;
    Value operation;  // forwarded already
    std::string refresh;
    bool terminating = false;
  };
  void tell(Entry& entry, std::vector<engine::Event>& events);
  void tell_all(std::vector<engine::Event>& events, const std::string* project);

  const std::string control_namespace_;
  const std::vector<argo::ClusterName> clusters_;
  std::map<engine::UnitKey, Entry> applications_;
  std::map<std::string, Value> projects_;
  bool applications_listed_ = false;
  bool projects_listed_ = false;
};

}  // namespace taut::controller
