#include <algorithm>
#include <tuple>

#include "groups.hh"
#include "plan/order.hh"
#include "value/json.hh"

namespace taut::fidelity {
namespace {

// A task with no phase is ordered as one of the Sync phase.
std::string phase_of(const Value& task) { return task["phase"].empty() ? "Sync" : task["phase"].str(); }

plan::Step step_of(const Value& task) {
  plan::Step step;
  step.desired = task["target"];
  step.live = task["live"];
  step.gvk = Gvk::of(step.object());
  step.id = ObjectId::of(step.object());
  step.phase = plan::parse_phase(phase_of(task)).value_or(plan::Phase::kSync);
  step.wave = static_cast<int>(task["wave"].as_int());
  step.action = task["prune"].as_bool() ? plan::Action::kPrune : plan::Action::kChange;
  return step;
}

struct Place {
  std::string phase;
  int64_t wave;
  std::string kind, name, group, ns;
  auto tied() const { return std::tie(phase, wave, kind, name); }
  auto rest() const { return std::tie(group, ns); }
};

// The real sort is not stable: what is equal in phase, wave, kind and name may come in any order.
std::string shown(std::vector<Place> places) {
  for (auto from = places.begin(); from != places.end();) {
    auto to = std::find_if(from, places.end(), [&](const Place& p) { return p.tied() != from->tied(); });
    std::sort(from, to, [](const Place& a, const Place& b) { return a.rest() < b.rest(); });
    from = to;
  }
  std::string out;
  for (const Place& p : places)
    out += fmt::format(" {}:{}:{}/{}/{}/{}", p.phase, p.wave, p.group, p.kind, p.ns, p.name);
  return out;
}

}  // namespace

// {tasks: [{phase, wave, prune, target, live}], order: [{phase, wave, group, kind, namespace, name}]}
Status argo_sync_order(const Corpus& corpus, const std::string& file, Report& report) {
  TAUT_ASSIGN(auto cases, corpus.cases(file));
  for (const Value& c : cases) {
    std::vector<plan::Step> steps;
    for (const Value& task : c["tasks"].items()) steps.push_back(step_of(task));
    plan::order_steps(steps);
    std::vector<Place> want, got;
    for (const Value& o : c["order"].items()) {
      want.push_back({phase_of(o), o["wave"].as_int(), o["kind"].str(), o["name"].str(), o["group"].str(),
                      o["namespace"].str()});
    }
    for (const plan::Step& s : steps) {
      got.push_back({std::string(plan::phase_name(s.phase)), s.wave, s.id.kind, s.id.name, s.id.group, s.id.ns});
    }
    report.expect(c["id"].as_string(), shown(std::move(want)), shown(std::move(got)));
  }
  return {};
}

}  // namespace taut::fidelity
