// Registry: the Applications, AppProjects, clusters and settings of the control namespace, and what their changes mean
// to the engines.
#pragma once

#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "controller/orphans.hh"
#include "dialect/argo/application.hh"
#include "dialect/argo/cluster_secret.hh"
#include "dialect/argo/depends_on.hh"
#include "dialect/argo/push.hh"
#include "dialect/argo/repository_secret.hh"
#include "engine/dependency_graph.hh"
#include "engine/event.hh"
#include "port/cluster.hh"

namespace taut::controller {

// What an engine is to be told: that of the cluster with this address, or of none ("") where an application names a
// cluster that is not known.
struct Told {
  std::string server;
  engine::Event event;
};

// Not thread-safe; lives on the controller's strand. Nothing is told to the engines before all are listed.
class Registry {
 public:
  // `namespaces`: where Applications may be beside the control namespace, as argo::namespace_matches takes them.
  // `graph`: of what waits for what, with those of other dialects; null: of its own.
  explicit Registry(std::string control_namespace, std::vector<std::string> namespaces = {}, std::shared_ptr<engine::DependencyGraph> graph = nullptr);

  // What is to be watched.
  struct Watched {
    Gvk gvk;
    ListOptions options;
  };
  std::vector<Watched> watched() const;
  // What is to be watched from now on because Applications wait for it: objects of other dialects, one each. kSynced of these
  // comes with the name and namespace of the object.
  std::vector<Watched> take_watches() { return std::exchange(new_watches_, {}); }
  // And of these what nobody waits for any more.
  std::vector<Watched> take_ended_watches() { return std::exchange(ended_watches_, {}); }
  // A change in one of these watches; the events that follow from it.
  std::vector<Told> changed(const Gvk& gvk, const WatchEvent& event);
  // What follows from what others who share the graph said to wait for.
  std::vector<Told> dependencies_changed();
  // What follows from a push: a refresh of each Application that it is about.
  std::vector<Told> pushed(const argo::Push& push) const;
  // A repository by its URL, and as each project with credentials of its own for it sees it.
  std::vector<std::string> names_of(const std::string& url) const;
  // The clusters that Secrets name, each server once; not the local one.
  std::vector<argo::ClusterSecret> clusters() const;

  // What is to be searched for orphans, by the address of the cluster; empty when no project asks for it.
  std::map<std::string, OrphanSearch> orphan_searches() const;
  // Whether something changed since the last call that may make other objects orphans.
  bool take_orphans_changed() { return std::exchange(orphans_changed_, false); }
  std::vector<Told> counted(const OrphanCount& count);

  // The Application as last seen, without its field ownership; or null.
  Value application(const engine::UnitKey& unit) const;
  // What a write returned, taken as seen.
  void seen(const engine::UnitKey& unit, const Value& application);

 private:
  struct Entry {
    Value object;  // without its field ownership
    std::optional<std::string> told;  // to the engine of which server
    Value operation;  // forwarded already
    std::string refresh;
    bool terminating = false;
    bool ready = false;         // for those that wait for it
    std::vector<argo::Dependency> needs;
    size_t orphans = 0;         // as counted last
    uint64_t own_objects = 0;   // hash of what it says is its own, where orphans are looked for
  };
  void note_needs(Entry& entry);
  void depend(const engine::UnitKey& key, const argo::Dependency& need);
  void depend_no_more(const engine::UnitKey& key, const argo::Dependency& need);
  void tell_concerned(std::vector<Told>& events);
  std::string waits_of(const Entry& entry) const;
  void dependency_changed(const Gvk& gvk, const WatchEvent& event, std::vector<Told>& events);
  void tell_dependents(const std::string& node, std::vector<Told>& events);
  void note_own_objects(Entry& entry, const Value& project, bool refresh);
  void tell(Entry& entry, std::vector<Told>& events);
  void tell_all(std::vector<Told>& events, const std::string* project);
  void application_changed(const WatchEvent& event, std::vector<Told>& events);
  void project_changed(const WatchEvent& event, std::vector<Told>& events);
  void settings_changed(const WatchEvent& event, std::vector<Told>& events);
  void cluster_changed(const WatchEvent& event, std::vector<Told>& events);
  void name_clusters();
  void repository_changed(const WatchEvent& event, std::vector<Told>& events);
  const Value& project_called(const std::string& name) const;
  Value make_project(const std::string& name) const;
  bool may_hold_applications(std::string_view ns) const;
  bool ready() const { return listed_.size() == watched().size(); }

  const std::string control_namespace_;
  const std::vector<std::string> namespaces_;
  std::map<std::string, argo::ClusterSecret> secrets_;  // by their names
  std::vector<argo::ClusterName> clusters_ = {{std::string(argo::kLocalServer), std::string(argo::kLocalName), {}}};
  std::map<engine::UnitKey, Entry> applications_;
  std::map<std::string, Value> projects_;
  mutable std::map<std::string, Value> whole_projects_;  // as project_called gives them, until something changes
  // Repositories that belong to one project, by their Secrets' names; nothing else of these is kept.
  std::map<std::string, argo::ProjectRepository> repositories_;
  std::vector<argo::ProjectRepository> repository_list_;  // the same
  argo::Settings settings_;
  std::set<std::string> listed_;  // kinds
  bool orphans_changed_ = false;
  engine::DependencyView graph_;
  std::set<std::string> concerned_;  // nodes for which a cycle may have come or gone
  std::map<std::string, std::set<engine::UnitKey>> dependents_;  // by what they wait for
  std::map<std::string, std::optional<bool>> foreign_;           // of other dialects, once seen: ready, or not there
  std::vector<Watched> new_watches_, ended_watches_;
};

}  // namespace taut::controller
