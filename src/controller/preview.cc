#include "controller/preview.hh"

#include <deque>

#include "dialect/argo/application.hh"
#include "dialect/argo/settings.hh"

namespace taut::controller {
namespace {

// A shell that only reads, does everything at once, and keeps the first error.
class Reader {
 public:
  Reader(const PreviewRequest& request, Cluster& cluster, Repositories& repositories, const ControllerOptions& options)
      : request_(request), cluster_(cluster), repositories_(repositories), options_(options) {}

  std::optional<Error> error;

  std::deque<engine::Event> answer(const engine::Effect& effect) {
    std::deque<engine::Event> events;
    std::visit([&](const auto& e) { read(e, events); }, effect);
    return events;
  }

 private:
  using Events = std::deque<engine::Event>;

  void read(const engine::ResolveRevision& e, Events& events) {
    Result<std::string> sha = request_.tree ? Result<std::string>("worktree") : repositories_.resolve(e.repo, e.revision);
    note(sha);
    events.push_back(engine::RevisionResolved{e.repo, e.revision, std::move(sha)});
  }
  void read(const engine::Render& e, Events& events) {
    auto rendered = render_sources(e, options_.render, [this](const engine::Source& source, const std::string& sha) {
      return request_.tree ? Result<TreePtr>(request_.tree) : repositories_.tree_with_submodules(source.repo, sha);
    });
    note(rendered.result);
    events.push_back(std::move(rendered));
  }
  void read(const engine::WatchKind& e, Events& events) {
    if (!discovery_) {
      auto found = cluster_.discover();
      note(found);
      discovery_ = found ? std::move(*found) : Discovery{};
    }
    const ApiResource* resource = discovery_->find(e.gvk);
    events.push_back(engine::KindKnown{e.gvk, resource != nullptr, !resource || resource->namespaced});
    if (!resource) return;
    auto list = cluster_.list(e.gvk, {});
    note(list);
    if (!list) return;
    for (Value& object : list->items) events.push_back(engine::LiveChanged{e.gvk, std::move(object)});
    events.push_back(engine::LiveSynced{e.gvk});
  }
  void read(const engine::Fetch& e, Events& events) {
    events.push_back(engine::Fetched{e.gvk, e.id, cluster_.get({e.gvk, e.id.ns, e.id.name})});
  }
  void read(const auto&, Events&) {}

  template <class T>
  void note(const Result<T>& result) {
    if (!result && !error) error = result.error();
  }

  const PreviewRequest& request_;
  Cluster& cluster_;
  Repositories& repositories_;
  const ControllerOptions& options_;
  std::optional<Discovery> discovery_;
};

}  // namespace

Result<plan::Plan> preview(const PreviewRequest& request, Cluster& cluster, Repositories& repositories,
                           const ControllerOptions& options, Time now) {
  Value application = request.application;
  if (request.revision) application.edit("spec").edit("source").set("targetRevision", *request.revision);
  const argo::Settings settings = argo::read_settings(request.settings);
  auto read = argo::read_application(application, {options.control_namespace, request.clusters, request.project, &settings, request.repositories});
  if (!read.spec.errors.empty()) return fail(Code::kInvalid, "{}", read.spec.errors.front().message);
  read.spec.policy.automated = false;
  read.spec.deleting = false;
  read.observed.operation.reset();
  engine::UnitKey key = read.spec.key;

  argo::AnnotationOwnership ownership;
  engine::Engine engine(options.engine, {&ownership});
  Reader reader(request, cluster, repositories, options);
  std::deque<engine::Event> events = {engine::UnitSpecified{std::move(read.spec), std::move(read.observed)}};
  while (!events.empty()) {
    engine::Effects effects = engine.step(events.front(), now);
    events.pop_front();
    for (const auto& effect : effects.list)
      for (auto& event : reader.answer(effect)) events.push_back(std::move(event));
  }
  if (reader.error) return tl::unexpected(*reader.error);
  const plan::Plan* plan = engine.plan(key);
  if (!plan) return fail(Code::kInternal, "the comparison did not come to an end");
  plan::Plan out = *plan;
  if (!request.prune) std::erase_if(out.steps, [](const plan::Step& step) { return step.action == plan::Action::kPrune; });
  return out;
}

}  // namespace taut::controller
