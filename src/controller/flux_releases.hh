// FluxReleases: keeps the releases of Helm as Flux's HelmReleases want them, and writes their status.
//
//   FluxReleases releases(options, cluster, artifacts, clock);
//   releases.start();             // returns at once
//   releases.changed(source);     // an artifact came, changed or went
//   releases.stop();              // also in the destructor; operations under way are left as they are
#pragma once

#include <condition_variable>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <thread>
#include <vector>

#include "controller/thread_pool.hh"
#include "dialect/flux/helm_run.hh"
#include "engine/dialect.hh"
#include "helm/render_cache.hh"
#include "port/clock.hh"

namespace taut::controller {

struct FluxReleaseOptions {
  size_t processors = 4;  // how many are worked on at once; those that wait do not count
  flux::Tenancy tenancy;
  // Shared with those who look after other kinds.
  std::shared_ptr<engine::DependencyGraph> graph = std::make_shared<engine::DependencyGraph>();
  // Opens where a release goes, as whom; must not wait for it.
  std::function<Result<std::shared_ptr<Cluster>>(const engine::Dialect::Place& place)> open;
  // Writes a Kubernetes event; called from the processors' threads, may block. Empty: none are written.
  std::function<void(const engine::Dialect::Note& note)> record_note;
};

// A thread that knows what is due, and a pool that works. A release is looked at every interval, at once when its object
// changes or what it is made of does, and after a failure sooner, then later each time.
class FluxReleases {
 public:
  // All must outlive it.
  FluxReleases(FluxReleaseOptions options, Cluster& cluster, const flux::Artifacts& artifacts, const Clock& clock);
  ~FluxReleases();
  FluxReleases(const FluxReleases&) = delete;
  FluxReleases& operator=(const FluxReleases&) = delete;

  void start();
  void stop();
  // Thread-safe; must not be called before start().
  void changed(const flux::SourceRef& source);

 private:
  struct Entry {
    Value object;
    flux::HelmRelease read;
    Value works_on;  // the object that the run under way was begun with
    std::shared_ptr<flux::HelmRun> run;
    Time due{};
    bool busy = false;
    bool hurried = false;  // while busy: look again when done
    int failures = 0;
  };

  void take(const WatchEvent& event);
  void take_source(const Gvk& gvk, const WatchEvent& event);
  void take_kustomization(const WatchEvent& event);
  void follow_application(const flux::ObjectName& name);
  void take_values(const Gvk& gvk, const WatchEvent& event);
  template <class Concerns>
  void hurry(Concerns&& concerns);
  void hurry_dependents(const flux::Dependency& on);
  void note_needs(const flux::Dependency& object, const std::vector<flux::Dependency>& needs);
  void hurry_concerned(const std::set<std::string>& nodes);
  void loop();
  void work(const flux::ObjectName& name, const std::shared_ptr<flux::HelmRun>& run);
  std::shared_ptr<flux::HelmRun> begin(Entry& entry);
  void conclude(Entry& entry, const flux::HelmEnd& end, Time now);
  Result<std::shared_ptr<Cluster>> reach(const engine::Dialect::Place& place);

  const FluxReleaseOptions options_;
  Cluster& cluster_;
  const flux::Artifacts& artifacts_;
  const Clock& clock_;
  helm::RenderCache cache_;
  std::vector<std::unique_ptr<Watch>> watches_;

  std::mutex mutex_;
  std::condition_variable changed_;
  std::map<flux::ObjectName, Entry> entries_;
  engine::DependencyView needs_;
  std::set<flux::ObjectName> ready_;          // Kustomizations
  std::set<flux::ObjectName> followed_;       // Applications that releases wait for
  std::map<flux::SourceRef, Value> sources_;  // the status of each, as last seen
  std::map<std::string, std::shared_ptr<Cluster>> reached_;  // by how and as whom
  bool stopping_ = false;
  std::thread thread_;
  ThreadPool pool_;
};

}  // namespace taut::controller
