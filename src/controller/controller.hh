// Controller: the shell around the engine. It performs the engine's effects through the ports and tells it what
// happened, on one strand.
//
//   Controller controller(options, cluster, repositories);
//   controller.start();        // returns at once
//   controller.notify(url);    // a push was announced
//   controller.stop();         // also in the destructor
#pragma once

#include <condition_variable>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <variant>
#include <vector>

#include "controller/kinds.hh"
#include "controller/registry.hh"
#include "controller/thread_pool.hh"
#include "dialect/argo/events.hh"
#include "dialect/argo/tracking.hh"
#include "engine/engine.hh"
#include "port/clock.hh"
#include "port/cluster.hh"
#include "port/repositories.hh"

namespace taut::controller {

// Trees that a source may name as `$NAME/path`: those of the application's sources with `ref: NAME`.
using RefTrees = std::map<std::string, TreePtr>;

// Renders one source of a unit from the files of a commit. Called from several threads.
using RenderFunction =
    std::function<Result<engine::RenderedObjects>(const TreePtr& tree, const engine::Render& wanted, const RefTrees& refs)>;

// Renders all sources of a unit, in their order, one after the other. Sources that only lend their files are not
// rendered.
engine::Rendered render_sources(const engine::Render& wanted, const RenderFunction& render,
                                const std::function<Result<TreePtr>(const engine::Source& source, const std::string& sha)>& tree_of);

struct ControllerOptions {
  std::string control_namespace = "argocd";
  std::vector<argo::ClusterName> clusters = {{"https://kubernetes.default.svc", "in-cluster"}};
  size_t status_processors = 20;     // controller.status.processors: resolving and rendering
  size_t operation_processors = 10;  // controller.operation.processors: writing to the cluster
  engine::EngineOptions engine;
  RenderFunction render;
  // Writes a Kubernetes event about an Application; called from the writers' threads, may block. Empty: none are
  // written.
  std::function<void(const Value& application, const argo::EventText& event)> record_event;
  // Told of everything that happens, on the strand; it must not block.
  std::function<void(const engine::Notice&)> observer;
};

class Controller {
 public:
  // The cluster, the repositories and the clock must outlive the controller.
  Controller(ControllerOptions options, Cluster& cluster, Repositories& repositories, const Clock& clock);
  ~Controller();
  Controller(const Controller&) = delete;
  Controller& operator=(const Controller&) = delete;

  void start();
  void stop();

  // Asks a repository for its refs now. Thread-safe, as are the two below.
  void notify(const std::string& repo);
  // The status and the plan of the last comparison of an application; nothing when it is not known.
  std::optional<engine::UnitStatus> status(const std::string& ns, const std::string& name) const;
  std::optional<plan::Plan> plan(const std::string& ns, const std::string& name) const;

 private:
  struct Seen {  // a watch of Applications or AppProjects
    Gvk gvk;
    WatchEvent event;
  };
  struct Wrote {  // a status patch was answered
    engine::UnitKey unit;
    Result<WriteResult> result;
  };
  using Message = std::variant<engine::Event, Seen, Wrote>;

  void post(Message message);
  void loop();
  std::vector<engine::Event> translate(std::vector<Message> messages);
  void perform(engine::Effect& effect);
  void perform(const engine::ResolveRevision& effect);
  void perform(const engine::Render& effect);
  void perform(const engine::WatchKind& effect);
  void perform(const engine::Fetch& effect);
  void perform(const engine::Apply& effect);
  void perform(const engine::Delete& effect);
  void perform(const engine::WriteStatus& effect);
  void perform(const engine::ReleaseUnit& effect);
  void perform(const engine::Notice& effect);
  void patch_application(const engine::UnitKey& unit, Value patch, bool may_wait);

  const ControllerOptions options_;
  Cluster& cluster_;
  Repositories& repositories_;
  const Clock& clock_;
  argo::AnnotationOwnership ownership_;
  Registry registry_;
  engine::Engine engine_;
  mutable std::mutex engine_mutex_;  // the strand against status() and plan()
  ThreadPool readers_;
  ThreadPool writers_;
  Kinds kinds_;
  std::vector<std::unique_ptr<Watch>> watches_;

  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<Message> inbox_;
  bool stopping_ = false;
  bool definitions_changed_ = false;
  std::thread strand_;
};

}  // namespace taut::controller
