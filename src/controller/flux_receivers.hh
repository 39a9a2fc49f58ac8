// FluxReceivers: the status of Flux's Receivers, and what their callers ask for.
//
//   FluxReceivers receivers(cluster, clock, record);
//   receivers.start();       // returns at once
//   receivers.find(path);    // who answers there
//   receivers.take(path);    // what it names is reconciled
//   receivers.stop();        // also in the destructor
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "controller/thread_pool.hh"
#include "dialect/flux/receiver.hh"
#include "engine/dialect.hh"
#include "port/clock.hh"
#include "port/cluster.hh"

namespace taut::controller {

class FluxReceivers {
 public:
  using RecordNote = std::function<void(const engine::Dialect::Note& note)>;
  // All must outlive it. `record` is called from its threads, and may block; empty: no events are written.
  // `own_namespace_only`: they may name nothing of other namespaces.
  FluxReceivers(Cluster& cluster, const Clock& clock, RecordNote record, bool own_namespace_only = false);
  ~FluxReceivers();
  FluxReceivers(const FluxReceivers&) = delete;
  FluxReceivers& operator=(const FluxReceivers&) = delete;

  void start();
  void stop();

  // Thread-safe, both; neither waits for the cluster.
  std::optional<flux::ReceiverCheck> find(std::string_view path) const;
  // Sets reconcile.fluxcd.io/requestedAt on all that the Receiver names, soon. kInvalid for what its spec cannot mean,
  // before anything is asked; what the cluster says is logged.
  Status take(std::string_view path);

 private:
  struct Entry {
    Value object;
    std::string path;   // empty: none answers
    std::string token;
  };
  using Name = std::pair<std::string, std::string>;  // namespace and name

  void changed(const WatchEvent& event);
  void secret_changed(const Name& secret, const WatchEvent& event);
  void reconcile(const Name& name);
  bool watch_secret(const Name& secret);
  void leave(const Value& object);
  void request(const flux::ReceiverTarget& target, const std::string& at);
  bool write(const Gvk& gvk, const std::string& ns, const std::string& name, Value patch, std::string subresource);

  Cluster& cluster_;
  const Clock& clock_;
  const RecordNote record_;
  const bool own_namespace_only_;
  ThreadPool pool_{2};

  mutable std::mutex mutex_;
  std::map<Name, Entry> entries_;
  std::map<Name, Value> secrets_;  // of those that Receivers name
  std::set<Name> watching_, seen_;
  bool stopped_ = false;
  std::vector<std::unique_ptr<Watch>> watches_;
};

}  // namespace taut::controller
