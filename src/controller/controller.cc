#include "controller/controller.hh"

#include "base/log.hh"

namespace taut::controller {
namespace {

template <class... Fs>
struct Overload : Fs... {
  using Fs::operator()...;
};

bool is_definition(const Gvk& gvk) { return gvk.kind == "CustomResourceDefinition" && gvk.group == "apiextensions.k8s.io"; }

}  // namespace

Controller::Controller(ControllerOptions options, Cluster& cluster, Repositories& repositories, const Clock& clock)
    : options_(std::move(options)),
      cluster_(cluster),
      repositories_(repositories),
      clock_(clock),
      registry_(options_.control_namespace, options_.clusters),
      engine_(options_.engine, {&ownership_}),
      readers_(std::max<size_t>(1, options_.status_processors)),
      writers_(std::max<size_t>(1, options_.operation_processors)),
      kinds_(cluster, [this](engine::Event event) { post(std::move(event)); }) {}

Controller::~Controller() { stop(); }

void Controller::start() {
  strand_ = std::thread([this] { loop(); });
  for (const auto& [gvk, only] : registry_.watched())
    watches_.push_back(cluster_.watch(gvk, only, [this, gvk = gvk](WatchEvent event) { post(Seen{gvk, std::move(event)}); }));
}

void Controller::stop() {
  watches_.clear();
  kinds_.stop();
  {
    std::lock_guard lock(mutex_);
    stopping_ = true;
    changed_.notify_all();
  }
  if (strand_.joinable()) strand_.join();
  readers_.stop();
  writers_.stop();
  kinds_.stop();
}

void Controller::notify(const std::string& repo) { post(engine::Event(engine::RepositoryChanged{repo})); }

std::optional<engine::UnitStatus> Controller::status(const std::string& ns, const std::string& name) const {
  std::lock_guard lock(engine_mutex_);
  const auto* status = engine_.status(argo::unit_key(ns, name));
  return status ? std::optional(*status) : std::nullopt;
}

std::optional<plan::Plan> Controller::plan(const std::string& ns, const std::string& name) const {
  std::lock_guard lock(engine_mutex_);
  const auto* plan = engine_.plan(argo::unit_key(ns, name));
  return plan ? std::optional(*plan) : std::nullopt;
}

void Controller::post(Message message) {
  std::lock_guard lock(mutex_);
  if (stopping_) return;
  inbox_.push_back(std::move(message));
  changed_.notify_one();
}

// Everything that came in since the last turn is taken at once. Nothing wakes the strand but messages and the time
// that the engine asked for.
void Controller::loop() {
  std::optional<Time> wake;
  while (true) {
    std::vector<Message> messages;
    {
      std::unique_lock lock(mutex_);
      auto ready = [this] { return stopping_ || !inbox_.empty(); };
      if (wake)
        changed_.wait_for(lock, std::max(Duration{}, *wake - clock_.now()), ready);
      else
        changed_.wait(lock, ready);
      if (stopping_) return;
      messages.swap(inbox_);
    }
    auto events = translate(std::move(messages));
    Time now = clock_.now();
    if (wake && *wake <= now) events.push_back(engine::Tick{});
    if (events.empty()) continue;
    engine::Effects effects;
    {
      std::lock_guard lock(engine_mutex_);
      effects = engine_.step(events, now);
    }
    wake = effects.wake;
    for (auto& effect : effects.list) perform(effect);
  }
}

std::vector<engine::Event> Controller::translate(std::vector<Message> messages) {
  std::vector<engine::Event> events;
  bool definitions = false;
  auto take_event = [&](engine::Event& event) {
    if (const auto* live = std::get_if<engine::LiveChanged>(&event)) definitions = definitions || is_definition(live->gvk);
    events.push_back(std::move(event));
  };
  auto take_seen = [&](Seen& seen) {
    for (auto& event : registry_.changed(seen.gvk, seen.event)) events.push_back(std::move(event));
  };
  auto take_wrote = [&](Wrote& wrote) {
    if (wrote.result) registry_.seen(wrote.unit, wrote.result->object);
    bool gone = !wrote.result && wrote.result.error().code() == Code::kNotFound;
    Status status;
    if (!wrote.result && !gone) status = tl::unexpected(wrote.result.error());
    events.push_back(engine::StatusWritten{wrote.unit, std::move(status)});
  };
  for (Message& message : messages) std::visit(Overload{take_event, take_seen, take_wrote}, message);
  if (definitions && kinds_.anything_missing()) readers_.run([this] { kinds_.definitions_changed(); });
  return events;
}

void Controller::perform(engine::Effect& effect) {
  std::visit([this](auto& e) { perform(e); }, effect);
}

void Controller::perform(const engine::ResolveRevision& effect) {
  readers_.run([this, effect] {
    post(engine::Event(engine::RevisionResolved{effect.repo, effect.revision, repositories_.resolve(effect.repo, effect.revision)}));
  });
}

void Controller::perform(const engine::Render& effect) {
  readers_.run([this, effect] {
    post(engine::Event(render_sources(effect, options_.render, [this](const engine::Source& source, const std::string& sha) {
      return repositories_.tree(source.repo, sha);
    })));
  });
}

void Controller::perform(const engine::WatchKind& effect) {
  readers_.run([this, effect] { kinds_.watch(effect.gvk); });
}

void Controller::perform(const engine::Fetch& effect) {
  readers_.run([this, effect] {
    auto object = cluster_.get({effect.gvk, effect.id.ns, effect.id.name});
    post(engine::Event(engine::Fetched{effect.gvk, effect.id, std::move(object)}));
  });
}

void Controller::perform(const engine::Apply& effect) {
  writers_.run([this, effect] {
    post(engine::Event(engine::Applied{effect.unit, effect.ticket, cluster_.write(effect.request)}));
  });
}

void Controller::perform(const engine::Delete& effect) {
  writers_.run([this, effect] {
    auto removed = cluster_.remove(effect.ref, effect.options);
    Status status;
    if (!removed) status = tl::unexpected(removed.error());
    post(engine::Event(engine::Deleted{effect.unit, effect.ticket, std::move(status)}));
  });
}

void Controller::perform(const engine::WriteStatus& effect) {
  Value application = registry_.application(effect.unit);
  const engine::UnitSpec* spec = registry_.spec(effect.unit);
  Value patch;
  if (!application.is_null() && spec)
    patch = argo::status_patch(application, argo::write_status(effect.status, *spec, options_.control_namespace),
                               effect.clear_operation, effect.clear_refresh);
  if (patch.is_null()) return post(engine::Event(engine::StatusWritten{effect.unit, {}}));
  patch_application(effect.unit, std::move(patch), effect.may_wait);
}

void Controller::perform(const engine::ReleaseUnit& effect) {
  Value application = registry_.application(effect.unit);
  if (application.is_null()) return post(engine::Event(engine::StatusWritten{effect.unit, {}}));
  patch_application(effect.unit, argo::release_patch(application), false);
}

void Controller::patch_application(const engine::UnitKey& unit, Value patch, bool may_wait) {
  WriteRequest request;
  request.verb = WriteVerb::kMergePatch;
  request.ref = argo::application_ref(unit);
  request.body = std::move(patch);
  request.field_manager = "argocd-controller";
  writers_.run([this, unit, request] { post(Wrote{unit, cluster_.write(request)}); }, may_wait);
}

void Controller::perform(const engine::Notice& effect) {
  if (effect.failed) log::warn("{}: {}", effect.unit, effect.message);
  if (options_.observer) options_.observer(effect);
  if (!options_.record_event) return;
  auto event = argo::event_of(effect);
  Value application = registry_.application(effect.unit);
  if (!event || application.is_null()) return;
  writers_.run([this, application, event = *event] { options_.record_event(application, event); }, true);
}

}  // namespace taut::controller
