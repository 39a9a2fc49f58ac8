// What taut makes of each kind of request, in the forms of oracle/*.go.
#pragma once

#include "base/result.hh"
#include "value/value.hh"

namespace taut::differential {

// diff.cc
Result<Value> three_way(const Value& request);
Result<Value> whole_diff(const Value& request);
Result<Value> ignore(const Value& request);
Result<Value> known_types(const Value& request);

// project.cc
Result<Value> project_source(const Value& request);
Result<Value> project_destination(const Value& request);
Result<Value> project_resource(const Value& request);
Result<Value> project_app_namespace(const Value& request);
Result<Value> project_validate(const Value& request);
Result<Value> window_active(const Value& request);
Result<Value> windows_can_sync(const Value& request);
Result<Value> windows_match(const Value& request);
Result<Value> rbac_enforce(const Value& request);
Result<Value> rbac_validate(const Value& request);
Result<Value> glob_match(const Value& request);
Result<Value> refresh_paths(const Value& request);

// appset.cc
Result<Value> appset_fill(const Value& request);
Result<Value> appset_generate(const Value& request);
Result<Value> appset_render(const Value& request);

// scripts.cc
Result<Value> native_health(const Value& request);
Result<Value> lua_health(const Value& request);
Result<Value> lua_discover(const Value& request);

}  // namespace taut::differential
