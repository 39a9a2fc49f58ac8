// From an ApplicationSet to its Applications: a function of the set and what its generators find.
#pragma once

#include <vector>

#include "dialect/argo/appset/generators.hh"

namespace taut::argo::appset {

struct Applications {
  std::vector<Value> list;  // whole Applications, in the namespace of the set, in the order they were made
  // The first thing that went wrong; the others are in the list all the same.
  std::optional<Error> error;
  // Why, as in the set's conditions: "ApplicationGenerationFromParamsError", "RenderTemplateParamsError"; empty without one.
  std::string reason;
};

// Runs all generators, fills in the template, applies templatePatch.
Applications applications_of(const Value& application_set, World& world);

// The template filled in with one parameter set; it gets the finalizer that removes an application's objects, unless
// it has finalizers of its own or the set preserves objects.
Result<Value> render_application(const Value& application, const Value& sync_policy, const Value& parameters, const Language& language);

// A templatePatch, filled in already, on an Application. The project stays as it is.
Result<Value> patch_application(const Value& application, std::string_view patch);

}  // namespace taut::argo::appset
