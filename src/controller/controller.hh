// Controller: the shell around the engines, one for each cluster that applications go to. It performs their effects
// through the ports and tells them what happened, on one strand.
//
//   Controller controller(options, cluster, repositories);
//   controller.start();        // returns at once
//   controller.notify(url);    // a push was announced
//   controller.stop();         // also in the destructor
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <variant>
#include <vector>

#include "controller/registry.hh"
#include "controller/thread_pool.hh"
#include "dialect/argo/events.hh"
#include "dialect/argo/push.hh"
#include "dialect/argo/tracking.hh"
#include "engine/dialect.hh"
#include "engine/engine.hh"
#include "port/clock.hh"
#include "port/cluster.hh"
#include "port/repositories.hh"
#include "value/interner.hh"

namespace taut::controller {

struct Site;
using SiteId = uint64_t;

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
  std::vector<std::string> application_namespaces;  // where Applications may be beside it: globs, /regular expressions/
  size_t status_processors = 20;     // controller.status.processors: resolving and rendering
  size_t operation_processors = 10;  // controller.operation.processors: writing to each cluster
  engine::EngineOptions engine;
  RenderFunction render;             // for the cluster that the Applications are in
  // Other clusters: how one is opened, which must not wait for it, and what renders for it once it has said what it
  // serves. Without these, applications that go there have an error.
  std::function<Result<std::shared_ptr<Cluster>>(const argo::ClusterSecret&)> open_cluster;
  std::function<RenderFunction(const Discovery&)> render_for;
  // The same for a cluster that a dialect's place leads to, and a cluster as somebody else; neither may wait. Without these,
  // whatever asks for it has an error.
  std::function<Result<std::shared_ptr<Cluster>>(const engine::Dialect::Place& place)> open_place;
  std::function<Result<std::shared_ptr<Cluster>>(Cluster& cluster, const std::string& user)> impersonate;
  // Writes a Kubernetes event about an Application, of which only the names are given; called from the writers' threads,
  // when there is nothing else to write, may block. Empty: none are written.
  std::function<void(const Value& application, const argo::EventText& event)> record_event;
  // Of what waits for what, shared with the dialects; null: Argo CD's Applications have one of their own.
  std::shared_ptr<engine::DependencyGraph> graph;
  // The same about what a dialect tells.
  std::function<void(const engine::Dialect::Note& note)> record_note;
  // Further dialects beside Argo CD's.
  std::vector<std::shared_ptr<engine::Dialect>> dialects;
  // Of what the clusters send: live objects differ in little. Emptied at rest.
  std::shared_ptr<Interner> interner = std::make_shared<Interner>();
  // Called on the strand when it has come to rest after much work: the time to give memory back.
  std::function<void()> at_rest;
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

  // Asks a repository for its refs now. Thread-safe, as are those below.
  void notify(const std::string& repo);
  // Asks the dialects to look again at what they do not watch.
  void look();
  // Refreshes the applications that a push is about.
  void pushed(argo::Push push);
  // The status and the plan of the last comparison of an application; nothing when it is not known.
  std::optional<engine::UnitStatus> status(const std::string& ns, const std::string& name) const;
  std::optional<plan::Plan> plan(const std::string& ns, const std::string& name) const;

 private:
  struct Happened {  // at a cluster
    SiteId site;
    engine::Event event;
  };
  struct Seen {  // a watch of Applications, AppProjects, clusters or settings
    Gvk gvk;
    WatchEvent event;
  };
  struct Wrote {  // a status patch was answered
    SiteId site;
    engine::UnitKey unit;
    Result<WriteResult> result;
  };
  struct Notified {  // a push was announced
    std::string repo;
  };
  struct Pushed {  // a webhook told of it
    argo::Push push;
  };
  struct Resolved {  // a repository answered
    engine::RevisionResolved answer;
  };
  struct Reached {  // a cluster said what it serves, or could not be asked
    SiteId site;
    Result<Discovery> discovery;
  };
  struct Heard {  // by a dialect's watch
    engine::Dialect& dialect;
    engine::Dialect::Watched watch;
    WatchEvent event;
  };
  struct DialectWrote {  // a write that a dialect asked for was answered
    engine::Dialect& dialect;
    WriteRequest request;
    Result<WriteResult> result;
    engine::UnitKey status_of = {};  // the Unit whose status it was
  };
  struct Counted {  // the orphans of a cluster
    Result<std::vector<OrphanCount>> counts;
  };
  struct Look {};  // a dialect is to look again
  using Message = std::variant<Happened, Seen, Wrote, Notified, Pushed, Resolved, Reached, Heard, DialectWrote, Counted, Look>;
  using Events = std::map<SiteId, std::vector<engine::Event>>;

  void post(Message message);
  void watch_needed();
  void pass_on(std::vector<Told> told, Events& events);
  void post(SiteId site, engine::Event event) { post(Happened{site, std::move(event)}); }
  void loop();
  // The messages taken since the strand was last at rest, and of these since when so many.
  struct Work {
    size_t taken = 0, lately = 0;
    Time since{};
  };
  std::vector<Message> await_messages(Work& work, std::optional<Time> wake);
  bool rests(Work& work, Time now) const;
  void step(Site& site, std::vector<engine::Event> events, Time now);
  Events translate(std::vector<Message> messages);
  void share_parts(engine::Event& event);
  Value shared(Value object);
  Value without_ownership(Value object);

  // sites.cc
  Site& add_site(std::string server, uint64_t fingerprint, std::shared_ptr<Cluster> cluster, RenderFunction render);
  void add_local_sites();
  Site& site_of(const std::string& server);
  void follow_clusters();
  bool is_used(const Site& site) const;
  Site& site_at(const engine::Dialect::Place& place);
  void reach(Site& site);
  void reached(const Reached& answer, Events& events);
  void refuse(Site& site, const engine::Render& wanted);
  void stop_sites();

  // effects.cc
  void perform(Site& site, const engine::ResolveRevision& effect);
  void perform(Site& site, const engine::Render& effect);
  void perform(Site& site, const engine::WatchKind& effect);
  void perform(Site& site, const engine::Fetch& effect);
  void perform(Site& site, const engine::Apply& effect);
  void perform(Site& site, const engine::Delete& effect);
  void perform(Site& site, const engine::WriteStatus& effect);
  void perform(Site& site, const engine::ReleaseUnit& effect);
  void perform(Site& site, const engine::Explain& effect);
  void perform(Site& site, const engine::Notice& effect);
  void search_for_orphans(Time now);
  void counted(const Counted& answer, Events& events);
  ThreadPool& writers_of(Site& site);
  void patch_application(Site& site, const engine::UnitKey& unit, Value patch, engine::Urgency urgency);

  // dialects.cc
  engine::Dialect* dialect_of(const engine::UnitKey& unit) const;
  std::vector<const engine::Ownership*> ownerships() const;
  void watch(engine::Dialect& dialect, const engine::Dialect::Watched& watched);
  void take(Heard& heard, Events& events);
  void take(DialectWrote& wrote, Events& events);
  void look(Events& events);
  std::optional<Time> dialects_wake() const;
  void carry_out(engine::Dialect& dialect, engine::Dialect::Turn turn, Events& events);
  void route(engine::Dialect& dialect, engine::Event event, Events& events);
  SiteId site_of_unit(const engine::UnitKey& unit);
  std::shared_ptr<Cluster> cluster_for(Site& site, const engine::UnitKey& unit);
  void write(engine::Dialect& dialect, WriteRequest request, engine::UnitKey status_of, engine::Urgency urgency);
  void tell(engine::Dialect& dialect, const engine::UnitKey& unit, engine::Dialect::Turn turn, engine::Urgency urgency);

  // What repositories answered, for the engines of all clusters: each question is on its way once, and an answer that
  // is fresh serves the others too.
  struct Question {
    std::vector<SiteId> sites;  // that wait for the answer
    uint64_t asked_at = 0;      // news_ then
    std::string sha;
    Time answered{};
  };
  void resolved(Resolved& answer, Events& events);

  const ControllerOptions options_;
  Cluster& cluster_;  // that the Applications are in
  Repositories& repositories_;
  const Clock& clock_;
  argo::AnnotationOwnership ownership_;
  Registry registry_;
  mutable std::mutex engine_mutex_;  // the strand against status() and plan()
  std::map<SiteId, std::unique_ptr<Site>> sites_;
  SiteId next_site_ = 1;
  std::map<engine::UnitKey, engine::Dialect::Place> places_;  // of the dialects' Units that are not as usual
  bool places_changed_ = false;  // a cluster may no longer be used
  std::map<std::pair<std::string, std::string>, Question> questions_;  // by repository and revision
  uint64_t news_ = 0;  // how often somebody said that repositories may have changed: answers from before do not count
  std::optional<Time> orphans_due_;  // when they are looked for next
  size_t orphan_searches_ = 0;       // on their way
  Time orphans_began_{};             // when these did
  ThreadPool readers_;
  ThreadPool writers_;   // to `cluster_`
  ThreadPool retiring_;  // ends what clusters that are no longer named still do
  std::vector<std::unique_ptr<Watch>> watches_;
  std::map<std::string, std::unique_ptr<Watch>> dependency_watches_;  // by what Applications wait for

  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Message> inbox_;
  bool stopping_ = false;
  std::thread strand_;
};

}  // namespace taut::controller
