// ApplicationSets: keeps the Applications of the control namespace as its ApplicationSets want them.
//
//   ApplicationSets sets(options, cluster, repositories, clock);
//   sets.start();        // returns at once
//   sets.notify(url);    // a push was announced
//   sets.stop();         // also in the destructor
#pragma once

#include <condition_variable>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "dialect/argo/appset/progressive.hh"
#include "dialect/argo/appset/reconcile.hh"
#include "dialect/argo/push.hh"
#include "port/clock.hh"
#include "port/cluster.hh"
#include "port/repositories.hh"
#include "value/interner.hh"

namespace taut::controller {

struct ApplicationSetOptions {
  std::string control_namespace = "argocd";
  // How often repositories are looked at where the generator says nothing (requeueAfterSeconds).
  Duration poll_interval = std::chrono::minutes(3);
  Duration retry_interval = std::chrono::seconds(30);
  // Whether sets with strategy RollingSync roll; otherwise they sync all at once.
  bool progressive_syncs = true;
  // applicationsSync of sets; a set's own comes before it only where that is allowed.
  std::string policy;
  bool policy_yields = true;
  argo::appset::ScmRules scm_rules = {};
  // How servers of repositories and plugins are reached; without them such generators have an error.
  std::function<Result<std::shared_ptr<Scm>>(const ScmAccount&)> open_scm = {};
  std::function<Result<Value>(const argo::appset::PluginCall&)> call_plugin = {};
  // Of the Applications that are held; the controller's holds the same.
  std::shared_ptr<Interner> interner = std::make_shared<Interner>();
};

// One thread of its own. A set is generated anew when it, a cluster's Secret, a project or its repositories change;
// when only its Applications do, they are put right without asking anybody.
class ApplicationSets {
 public:
  // All must outlive it.
  ApplicationSets(ApplicationSetOptions options, Cluster& cluster, Repositories& repositories, const Clock& clock);
  ~ApplicationSets();
  ApplicationSets(const ApplicationSets&) = delete;
  ApplicationSets& operator=(const ApplicationSets&) = delete;

  void start();
  void stop();
  // Thread-safe, both.
  void notify(const std::string& repo);
  void pushed(const argo::Push& push);

 private:
  struct Entry {
    Value object;
    std::optional<argo::appset::Applications> made;  // nothing: to be generated
    uint64_t asked = 0;                              // how often it was to be generated anew
    std::set<std::string> repositories;              // that its generators asked for
    Time due{};                                      // when it is looked at next
    Time generate_again = Time::max();
  };

  void watch(Gvk gvk, ListOptions options, void (ApplicationSets::*changed)(const WatchEvent& event));
  void set_changed(const WatchEvent& event);
  void application_changed(const WatchEvent& event);
  void project_changed(const WatchEvent& event);
  void secret_changed(const WatchEvent& event);
  void look_at(Entry& entry, bool generate);
  void look_at_all(bool generate);

  void loop();
  void reconcile(const std::string& name);
  std::string carry_out(const argo::appset::Work& work);
  void write_status(const Value& set, const argo::appset::Applications& made, const argo::appset::Work& work,
                    const argo::appset::Rollout* rollout);
  std::vector<Value> owned(const Value& set) const;
  void take_leave(const Value& set);
  void keep_finalizer(const Value& set);
  void patch_set(const Value& set, Value metadata);
  std::vector<Value> applications() const;

  const ApplicationSetOptions options_;
  Cluster& cluster_;
  Repositories& repositories_;
  const Clock& clock_;
  std::vector<std::unique_ptr<Watch>> watches_;

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::set<std::string> listed_;  // kinds
  std::map<std::string, Entry> sets_;
  std::map<std::string, Value> applications_;  // trimmed
  std::map<std::string, Value> projects_;
  std::map<std::string, Value> secrets_;
  std::string busy_;  // the set that is looked at now; what it will ask for is not known yet
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace taut::controller
