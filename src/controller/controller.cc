#include "controller/controller.hh"

#include <algorithm>

#include "base/log.hh"
#include "base/overload.hh"
#include "controller/site.hh"

namespace taut::controller {
namespace {

// At rest after so many messages: when no more than a few have come for a while. Some always do.
constexpr size_t kMuchWork = 500, kLittleWork = 300;
constexpr Duration kRest = std::chrono::seconds(1);
constexpr size_t kMostAtOnce = 1000;

bool is_definition(const Gvk& gvk) { return gvk.kind == "CustomResourceDefinition" && gvk.group == "apiextensions.k8s.io"; }

}  // namespace

Controller::Controller(ControllerOptions options, Cluster& cluster, Repositories& repositories, const Clock& clock)
    : options_(std::move(options)),
      cluster_(cluster),
      repositories_(repositories),
      clock_(clock),
      registry_(options_.control_namespace, options_.application_namespaces, options_.graph),
      readers_(std::max<size_t>(1, options_.status_processors)),
      writers_(std::max<size_t>(1, options_.operation_processors)),
      retiring_(1) {
  add_local_sites();
}

Controller::~Controller() { stop(); }

void Controller::start() {
  for (const auto& [gvk, only] : registry_.watched())
    watches_.push_back(cluster_.watch(gvk, only, [this, gvk = gvk](WatchEvent event) { post(Seen{gvk, std::move(event)}); }));
  for (const auto& dialect : options_.dialects)
    for (const auto& watched : dialect->watched()) watch(*dialect, watched);
  // From here on the strand may add watches.
  strand_ = std::thread([this] { loop(); });
}

void Controller::stop() {
  {
    std::lock_guard lock(mutex_);
    stopping_ = true;
    changed_.notify_all();
  }
  if (strand_.joinable()) strand_.join();
  watches_.clear();
  dependency_watches_.clear();
  readers_.stop();
  writers_.stop();
  stop_sites();
}

void Controller::notify(const std::string& repo) { post(Notified{repo}); }

void Controller::pushed(argo::Push push) { post(Pushed{std::move(push)}); }

std::optional<engine::UnitStatus> Controller::status(const std::string& ns, const std::string& name) const {
  std::lock_guard lock(engine_mutex_);
  for (const auto& [id, site] : sites_)
    if (const auto* status = site->engine.status(argo::unit_key(ns, name))) return *status;
  return std::nullopt;
}

std::optional<plan::Plan> Controller::plan(const std::string& ns, const std::string& name) const {
  std::lock_guard lock(engine_mutex_);
  for (const auto& [id, site] : sites_)
    if (const auto* plan = site->engine.plan(argo::unit_key(ns, name))) return *plan;
  return std::nullopt;
}

void Controller::post(Message message) {
  std::lock_guard lock(mutex_);
  if (stopping_) return;
  inbox_.push_back(std::move(message));
  changed_.notify_one();
}

// Returns when there is something to do or the time has come that an engine asked for.
std::vector<Controller::Message> Controller::await_messages(Work& work, std::optional<Time> wake) {
  for (const auto& [id, site] : sites_)
    if (site->wake && (!wake || *site->wake < *wake)) wake = site->wake;
  std::unique_lock lock(mutex_);
  auto ready = [this] { return stopping_ || !inbox_.empty(); };
  if (inbox_.empty() && rests(work, clock_.now())) {
    work = {};
    lock.unlock();
    options_.interner->clear();
    options_.at_rest();
    lock.lock();
  }
  if (work.taken > kMuchWork && options_.at_rest) wake = std::min(wake.value_or(Time::max()), work.since + kRest);
  if (wake)
    changed_.wait_for(lock, std::max(Duration{}, *wake - clock_.now()), ready);
  else
    changed_.wait(lock, ready);
  // Of very many a part at a time: a message takes two kilobytes.
  std::vector<Message> out;
  out.reserve(std::min(inbox_.size(), kMostAtOnce));
  for (; !inbox_.empty() && out.size() < kMostAtOnce; inbox_.pop_front()) out.push_back(std::move(inbox_.front()));
  work.taken += out.size();
  work.lately += out.size();
  return out;
}

bool Controller::rests(Work& work, Time now) const {
  if (work.taken <= kMuchWork || !options_.at_rest || now < work.since + kRest) return false;
  bool calm = work.lately <= kLittleWork;
  work.lately = 0;
  work.since = now;
  return calm;
}

// What Applications wait for, each object by itself.
void Controller::watch_needed() {
  auto name_in = [](const ListOptions& only) { return only.field_selector.substr(only.field_selector.find('=') + 1); };
  for (const auto& [gvk, only] : registry_.take_ended_watches()) {
    auto ended = dependency_watches_.extract(engine::dependency_node(gvk.kind, only.ns, name_in(only)));
    // The end of a watch waits for its handler.
    if (!ended.empty()) retiring_.run([watch = std::shared_ptr<Watch>(std::move(ended.mapped()))]() mutable { watch.reset(); });
  }
  for (const auto& [gvk, only] : registry_.take_watches()) {
    std::string name = name_in(only);
    dependency_watches_[engine::dependency_node(gvk.kind, only.ns, name)] = cluster_.watch(gvk, only, [this, gvk = gvk, ns = only.ns, name](WatchEvent event) {
      if (event.type == WatchEvent::Type::kSynced) event.object = Value::map({{"metadata", Value::map({{"name", name}, {"namespace", ns}})}});
      post(Seen{gvk, std::move(event)});
    });
  }
}

void Controller::pass_on(std::vector<Told> told, Events& events) {
  for (auto& [server, event] : told) {
    // Who wants to know now is not told what was true a while ago.
    if (std::holds_alternative<engine::RefreshRequested>(event) || std::holds_alternative<engine::OperationRequested>(event)) ++news_;
    events[site_of(server).id].push_back(std::move(event));
  }
}

// Everything that came in since the last turn is taken at once. Nothing wakes the strand but messages and the time
// that an engine asked for.
void Controller::loop() {
  Work work;
  while (true) {
    std::optional<Time> dialects = dialects_wake(), wake = dialects;
    if (orphans_due_ && orphan_searches_ == 0 && (!wake || *orphans_due_ < *wake)) wake = orphans_due_;
    std::vector<Message> messages = await_messages(work, wake);
    {
      std::lock_guard lock(mutex_);
      if (stopping_) return;
    }
    Events events = translate(std::move(messages));
    Time now = clock_.now();
    if (dialects && *dialects <= now) look(events);
    pass_on(registry_.dependencies_changed(), events);
    search_for_orphans(now);
    for (const auto& [id, site] : sites_)
      if (site->wake && *site->wake <= now) events[id].push_back(engine::Tick{});
    for (auto& [id, list] : events)
      if (auto it = sites_.find(id); it != sites_.end()) step(*it->second, std::move(list), now);
    if (std::exchange(places_changed_, false)) follow_clusters();
  }
}

void Controller::step(Site& site, std::vector<engine::Event> events, Time now) {
  engine::Effects effects;
  {
    std::lock_guard lock(engine_mutex_);
    effects = site.engine.step(events, now);
  }
  site.wake = effects.wake;
  for (const auto& effect : effects.list) std::visit([&](const auto& e) { perform(site, e); }, effect);
}

Value Controller::shared(Value object) {
  return object["kind"].as_string() == "Secret" ? object : options_.interner->share(std::move(object));
}

// Who owns which field of an Application is of no interest; of the objects that it applies it is.
Value Controller::without_ownership(Value object) {
  if (object["metadata"].contains("managedFields")) object.edit("metadata").erase("managedFields");
  return shared(std::move(object));
}

void Controller::share_parts(engine::Event& event) {
  auto share = [this](Value& object) { object = shared(std::move(object)); };
  if (auto* live = std::get_if<engine::LiveChanged>(&event)) return share(live->object);
  if (auto* applied = std::get_if<engine::Applied>(&event); applied && applied->result) return share(applied->result->object);
  if (auto* fetched = std::get_if<engine::Fetched>(&event); fetched && fetched->object) return share(*fetched->object);
}

Controller::Events Controller::translate(std::vector<Message> messages) {
  Events events;
  std::set<SiteId> definitions;
  auto take_happened = [&](Happened& happened) {
    const auto* live = std::get_if<engine::LiveChanged>(&happened.event);
    if (live && is_definition(live->gvk)) definitions.insert(happened.site);
    share_parts(happened.event);
    events[happened.site].push_back(std::move(happened.event));
  };
  auto take_seen = [&](Seen& seen) {
    seen.event.object = without_ownership(std::move(seen.event.object));
    auto told = registry_.changed(seen.gvk, seen.event);
    watch_needed();
    if (seen.gvk.kind == "Secret") follow_clusters();
    pass_on(std::move(told), events);
  };
  auto take_notified = [&](Notified& notified) {
    ++news_;
    for (const std::string& name : registry_.names_of(notified.repo))
      for (const auto& [id, site] : sites_) events[id].push_back(engine::RepositoryChanged{name});
  };
  auto take_pushed = [&](Pushed& pushed) {
    pass_on(registry_.pushed(pushed.push), events);
  };
  auto take_wrote = [&](Wrote& wrote) {
    if (wrote.result) registry_.seen(wrote.unit, without_ownership(std::move(wrote.result->object)));
    bool gone = !wrote.result && wrote.result.error().code() == Code::kNotFound;
    Status status;
    if (!wrote.result && !gone) status = tl::unexpected(wrote.result.error());
    events[wrote.site].push_back(engine::StatusWritten{wrote.unit, std::move(status)});
  };
  auto take_resolved = [&](Resolved& answer) { resolved(answer, events); };
  auto take_reached = [&](Reached& answer) { reached(answer, events); };
  for (Message& message : messages)
    std::visit(Overload{take_happened, take_seen, take_wrote, take_notified, take_pushed, take_resolved, take_reached,
                        [&](Heard& heard) { take(heard, events); }, [&](DialectWrote& answer) { take(answer, events); },
                        [&](Counted& answer) { counted(answer, events); }, [&](Look&) { look(events); }},
               message);
  for (SiteId id : definitions) {
    auto it = sites_.find(id);
    if (it == sites_.end() || !it->second->kinds.anything_missing()) continue;
    it->second->readers.run([&kinds = it->second->kinds] { kinds.definitions_changed(); });
  }
  return events;
}

}  // namespace taut::controller
