// Argo CD's judgement of health: the native checks of gitops-engine (pkg/health, Argo CD 3.5).
//
// What a check says is a pure function of the object. Custom checks (Lua) stand before these; they are not here.
#pragma once

#include <optional>
#include <span>
#include <string_view>

#include "health/health.hh"

namespace taut {

// One native check. `versions` are those that the tool understands, parted by blanks; an object of another version
// is Unknown, "unsupported Deployment GVK: apps/v1beta1, Kind=Deployment". Empty: every version will do.
struct ArgoCheck {
  std::string_view group;
  std::string_view kind;
  std::string_view versions;
  Health (*check)(const Value& object);
};

// Every native check, by group and kind.
std::span<const ArgoCheck> argo_checks();

// The health of a live object by these checks, nothing for a kind without one.
std::optional<Health> judge_argo(const Value& object);

}  // namespace taut
