// The dialects beside Argo CD's: their watches, writes and turns. Their Units live in the cluster around.
#include <algorithm>
#include <iterator>

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
  carry_out(heard.dialect, std::move(turn), events[site_of(std::string(argo::kLocalServer)).id]);
}

void Controller::take(DialectWrote& wrote, Events& events) {
  wrote.dialect.wrote(wrote.request, wrote.result, clock_.now());
  if (wrote.status_of.empty()) return;
  bool gone = !wrote.result && wrote.result.error().code() == Code::kNotFound;
  Status status;
  if (!wrote.result && !gone) status = tl::unexpected(wrote.result.error());
  events[site_of(std::string(argo::kLocalServer)).id].push_back(engine::StatusWritten{wrote.status_of, std::move(status)});
}

void Controller::look(Events& events) {
  auto& local = events[site_of(std::string(argo::kLocalServer)).id];
  for (const auto& dialect : options_.dialects) carry_out(*dialect, dialect->look(clock_.now()), local);
}

std::optional<Time> Controller::dialects_wake() const {
  std::optional<Time> out;
  for (const auto& dialect : options_.dialects)
    if (auto wake = dialect->wake(); wake && (!out || *wake < *out)) out = wake;
  return out;
}

void Controller::carry_out(engine::Dialect& dialect, engine::Dialect::Turn turn, std::vector<engine::Event>& events) {
  std::ranges::move(turn.events, std::back_inserter(events));
  for (const auto& watched : turn.watches) watch(dialect, watched);
  for (auto& request : turn.writes) write(dialect, std::move(request), {}, engine::Urgency::kNow);
  if (!options_.record_event) return;
  for (auto& note : turn.notes)
    writers_.run([this, note = std::move(note)] { options_.record_event(note.about, {note.type, note.reason, note.message}); }, engine::Urgency::kSoon);
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
  std::vector<engine::Event> events;
  carry_out(dialect, std::move(turn), events);
  SiteId local = site_of(std::string(argo::kLocalServer)).id;
  for (auto& event : events) post(local, std::move(event));
  if (status) return write(dialect, std::move(*status), unit, urgency);
  post(local, engine::StatusWritten{unit, {}});
}

}  // namespace taut::controller
