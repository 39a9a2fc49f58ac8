// The requests and sentences of a sync.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "engine/unit.hh"
#include "plan/plan.hh"
#include "port/cluster.hh"

namespace taut::engine {

// Marks a hook with the operation that created it, so that a restart takes it over instead of running it twice.
inline constexpr std::string_view kOperationAnnotation = "taut.dev/operation";
std::string operation_mark(const OperationState& state);

bool has_finalizer(const Value& object, std::string_view finalizer);

// "deployment.apps/web configured", as kubectl says it.
std::string object_message(const plan::Step& step, std::string_view what);

// What Argo CD says of a kind that the cluster does not serve.
std::string missing_kind_message(const plan::Step& step);

// The API server refused a change because a field cannot be changed.
bool says_immutable(std::string_view message);

struct ApplyMode {
  bool dry_run = false;
  bool replace = false;         // update or create instead of server-side apply
  bool respect_ignore = false;  // leave out what ignoreDifferences names
  bool validate = true;
  std::string operation_mark;   // for hooks
};

// As whom a step is applied. The namespace that a sync makes is another manager's than the objects of a Unit: the Unit
// that has the namespace among its objects keeps what it set there.
std::string manager_of(const plan::Step& step, const UnitSpec& spec);
WriteRequest apply_request(const plan::Step& step, const Value* live, const UnitSpec& spec, const ApplyMode& mode);
// A merge patch that makes the field manager the owner of what kubectl (or the manager itself) applied on the client's
// side, as client-go's csaupgrade does; nothing where there is nothing to hand over.
std::optional<WriteRequest> migration_request(const plan::Step& step, const Value& live, const UnitSpec& spec);
// A merge patch that takes the hook finalizer from an object.
WriteRequest without_hook_finalizer(const plan::Step& step, const Value& live, const UnitSpec& spec);

}  // namespace taut::engine
