// Why a field of a built object has its value: the files and the transformers that gave it, one after the other.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "kustomize/build.hh"

namespace taut::kustomize {

struct WhyStep {
  std::string what;  // "as written", "patches[0]", "namePrefix", "reference to a name"
  std::string file;  // in the tree; "" when no file asked for it
  uint32_t line = 0;
  std::optional<Value> before, after;  // nothing: the field was not there
};

struct Why {
  std::string object;  // "Deployment/prod/web"
  std::string field;   // ".spec.replicas"
  std::optional<Value> value;
  std::vector<WhyStep> steps;  // oldest first; only those that changed the field
};

// `built` must have been built with BuildOptions::trace from `tree`. `query` is a field, with the object before a colon
// where there are several: "spec.replicas", "web:spec.replicas", "Deployment/web:.spec.template.spec.containers[0].image",
// "Deployment/prod/web:/spec/replicas". Objects are known by their names before and after the build. An item of a list
// is followed by its `name` if it has one. kNotFound: no such object, or none has the field at any step; kInvalid: the
// query cannot be read, or more than one object is meant.
Result<Why> why(const Built& built, const Tree& tree, std::string_view query);

}  // namespace taut::kustomize
