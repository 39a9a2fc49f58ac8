// Site: one cluster that applications go to, with all that is its own: the engine, the watches, the threads that may
// wait for it. So a cluster that does not answer holds nobody up but itself.
#pragma once

#include <atomic>
#include <condition_variable>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "controller/controller.hh"
#include "controller/diagnosis.hh"
#include "controller/kinds.hh"
#include "controller/thread_pool.hh"

namespace taut::controller {

// Lives on the controller's strand; work on its pools may use `cluster` and `kinds`.
struct Site {
  Site(SiteId id, std::string server, uint64_t fingerprint, std::shared_ptr<Cluster> cluster, const ControllerOptions& options,
       std::vector<const engine::Ownership*> ownerships, Kinds::Post post);
  ~Site();

  // Ends the watches and waits for the work under way. Thread-safe; may be called again.
  void stop();
  // False when the site was stopped meanwhile.
  bool pause(Duration time);

  const SiteId id;
  const std::string server;     // "" of the site for applications that name no known cluster
  const uint64_t fingerprint;   // of the connection
  const std::shared_ptr<Cluster> cluster;
  engine::Engine engine;
  Kinds kinds;
  EventBook events;
  ThreadPool readers;
  ThreadPool writers;
  std::optional<Time> wake;

  // What renders for the cluster; empty until it has said what it serves. Renders wait for that, and are answered with
  // an error once it cannot be asked.
  RenderFunction render;
  std::optional<Error> away;
  std::vector<engine::Render> waiting;
  std::set<engine::UnitKey> refused;
  std::map<std::string, std::shared_ptr<Cluster>> as;  // the cluster as others, by user

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool stopping_ = false;
};

}  // namespace taut::controller
