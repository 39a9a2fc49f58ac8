// A Unit's status as kustomize-controller 1.9 writes that of a Kustomization: conditions, inventory, revisions.
#pragma once

#include <optional>
#include <vector>

#include "dialect/flux/kustomization.hh"

namespace taut::flux {

// What a controller tells of an object by a Kubernetes event.
struct Note {
  std::string type = "Normal";
  std::string reason;
  std::string message;
  std::vector<std::pair<std::string, std::string>> facts = {};  // "revision" and the like, for who reads events
};
// As it is written: facts, and the object's annotations event.toolkit.fluxcd.io/*, become annotations of the event.
engine::Dialect::Note event_of(const Value& object, const Note& note);

// What must be remembered from one status of a Kustomization to the next.
struct Progress {
  std::optional<Time> unhealthy_since;  // what is awaited is not healthy since then
  std::optional<Time> told;             // the end of the sync that was last told of
  std::string ready;                    // "<status> <reason> <message>" last told of
  std::string recorded;                 // what the history was last told of
};

struct StatusInput {
  const Value& object;
  const Kustomization& read;
  const Given& given;
  const engine::UnitStatus& unit;
  Time now;
  bool handled = false;  // the reconcile that was asked for by annotation is done
};

struct StatusOutput {
  Value status;              // the whole of it
  std::optional<Time> wake;  // when it may be another without anything having happened
  std::vector<Note> notes;
};

StatusOutput kustomization_status(const StatusInput& input, Progress& progress);

}  // namespace taut::flux
