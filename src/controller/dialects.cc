// The dialects beside Argo CD's: their watches, writes and turns. Their custom resources live in the cluster around,
// their Units where they say.
#include <algorithm>

#include "controller/lost_cluster.hh"
#include "controller/site.hh"

namespace taut::controller {

void Controller::look() { post(Look{}); }

engine::Dialect* Controller::dialect_of(const engine::UnitKey& unit) const {
  for (const auto& dialect : options_.dialects)
    if (dialect->has(unit)) return dialect.get();
  return nullptr;
}

std::vector<const engine::Ownership*> Controller::ownerships() const {
  std::vector<const engine::Ownership*> out = {&ownership_};
  for (const auto& dialect : options_.dialects) out.push_back(&dialect->ownership());
  return out;
}

void Controller::watch(engine::Dialect& dialect, const engine::Dialect::Watched& watched) {
  watches_.push_back(cluster_.watch(watched.gvk, watched.options, [this, &dialect, watched](WatchEvent event) {
    post(Heard{dialect, watched, std::move(event)});
  }));
}

void Controller::take(Heard& heard, Events& events) {
  auto turn = heard.dialect.changed(heard.watch, heard.event, clock_.now());
  carry_out(heard.dialect, std::move(turn), events);
}

void Controller::take(DialectWrote& wrote, Events& events) {
  wrote.dialect.wrote(wrote.request, wrote.result, clock_.now());
  if (wrote.status_of.empty()) return;
  bool gone = !wrote.result && wrote.result.error().code() == Code::kNotFound;
  Status status;
  if (!wrote.result && !gone) status = tl::unexpected(wrote.result.error());
  events[site_of_unit(wrote.status_of)].push_back(engine::StatusWritten{wrote.status_of, std::move(status)});
}

void Controller::look(Events& events) {
  for (const auto& dialect : options_.dialects) carry_out(*dialect, dialect->look(clock_.now()), events);
}

std::optional<Time> Controller::dialects_wake() const {
  std::optional<Time> out;
  for (const auto& dialect : options_.dialects)
    if (auto wake = dialect->wake(); wake && (!out || *wake < *out)) out = wake;
  return out;
}

namespace {

engine::UnitKey unit_of(const engine::Event& event) {
  if (const auto* specified = std::get_if<engine::UnitSpecified>(&event)) return specified->spec.key;
  if (const auto* gone = std::get_if<engine::UnitGone>(&event)) return gone->unit;
  if (const auto* refresh = std::get_if<engine::RefreshRequested>(&event)) return refresh->unit;
  if (const auto* operation = std::get_if<engine::OperationRequested>(&event)) return operation->unit;
  return {};
}

}  // namespace

// A Unit that goes to another cluster than before is gone from the first: its objects stay there.
void Controller::route(engine::Dialect& dialect, engine::Event event, Events& events) {
  engine::UnitKey unit = unit_of(event);
  if (std::holds_alternative<engine::UnitSpecified>(event)) {
    auto place = dialect.place(unit);
    SiteId before = site_of_unit(unit);
    if (before != site_at(place).id) {
      events[before].push_back(engine::UnitGone{unit});
      places_changed_ = true;
    }
    if (place == engine::Dialect::Place())
      places_.erase(unit);
    else
      places_[unit] = std::move(place);
  }
  SiteId site = site_of_unit(unit);
  if (std::holds_alternative<engine::UnitGone>(event)) places_changed_ = places_.erase(unit) > 0 || places_changed_;
  events[site].push_back(std::move(event));
}

SiteId Controller::site_of_unit(const engine::UnitKey& unit) {
  auto it = places_.find(unit);
  return it == places_.end() ? site_of(std::string(argo::kLocalServer)).id : site_at(it->second).id;
}

// Who writes for a Unit. What cannot be had fails each write with the reason.
std::shared_ptr<Cluster> Controller::cluster_for(Site& site, const engine::UnitKey& unit) {
  auto it = places_.find(unit);
  if (it == places_.end() || it->second.user.empty()) return site.cluster;
  auto& as = site.as[it->second.user];
  if (as) return as;
  Result<std::shared_ptr<Cluster>> opened = fail(Code::kUnsupported, "nobody can be impersonated here");
  if (options_.impersonate) opened = options_.impersonate(*site.cluster, it->second.user);
  as = opened ? std::move(*opened) : std::make_shared<LostCluster>(opened.error());
  return as;
}

void Controller::carry_out(engine::Dialect& dialect, engine::Dialect::Turn turn, Events& events) {
  for (auto& event : turn.events) route(dialect, std::move(event), events);
  for (const auto& watched : turn.watches) watch(dialect, watched);
  for (auto& request : turn.writes) write(dialect, std::move(request), {}, engine::Urgency::kNow);
  if (!options_.record_note) return;
  for (auto& note : turn.notes) writers_.run([this, note = std::move(note)] { options_.record_note(note); }, engine::Urgency::kSoon);
}

void Controller::write(engine::Dialect& dialect, WriteRequest request, engine::UnitKey status_of, engine::Urgency urgency) {
  writers_.run([this, &dialect, request = std::move(request), status_of = std::move(status_of)] {
    auto result = cluster_.write(request);
    post(DialectWrote{dialect, request, std::move(result), status_of});
  }, urgency);
}

// The engine waits for an answer even where there was nothing to write.
void Controller::tell(engine::Dialect& dialect, const engine::UnitKey& unit, engine::Dialect::Turn turn, engine::Urgency urgency) {
  auto status = std::exchange(turn.status, std::nullopt);
  Events events;
  carry_out(dialect, std::move(turn), events);
  for (auto& [site, list] : events)
    for (auto& event : list) post(site, std::move(event));
  if (status) return write(dialect, std::move(*status), unit, urgency);
  post(site_of_unit(unit), engine::StatusWritten{unit, {}});
}

}  // namespace taut::controller
