// Registry: the Applications, AppProjects and settings of the control namespace, and what their changes mean to the
// engine.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "dialect/argo/application.hh"
#include "engine/event.hh"
#include "port/cluster.hh"

namespace taut::controller {

// Not thread-safe; lives on the controller's strand. Nothing is told to the engine before all are listed.
class Registry {
 public:
  Registry(std::string control_namespace, std::vector<argo::ClusterName> clusters);

  // What is to be watched.
  struct Watched {
    Gvk gvk;
    ListOptions options;
  };
  std::vector<Watched> watched() const;
  // A change in one of these watches; the engine's events that follow from it.
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
  void application_changed(const WatchEvent& event, std::vector<engine::Event>& events);
  void project_changed(const WatchEvent& event, std::vector<engine::Event>& events);
  void settings_changed(const WatchEvent& event, std::vector<engine::Event>& events);
  bool ready() const { return listed_.size() == watched().size(); }

  const std::string control_namespace_;
  const std::vector<argo::ClusterName> clusters_;
  std::map<engine::UnitKey, Entry> applications_;
  std::map<std::string, Value> projects_;
  argo::Settings settings_;
  std::set<std::string> listed_;  // kinds
};

}  // namespace taut::controller
