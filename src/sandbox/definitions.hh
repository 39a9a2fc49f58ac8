// CustomResourceDefinitions: checked, established, served, and cleaned up after.
#pragma once

#include <string_view>

#include "sandbox/writer.hh"

namespace taut::sandbox {

// Where definitions are stored.
inline constexpr std::string_view kDefinitions = "apiextensions.k8s.io/customresourcedefinitions";

// The finalizer of a definition that is being deleted.
inline constexpr std::string_view kDefinitionCleanUp = "customresourcecleanup.apiextensions.k8s.io";

// After a definition was written: accepts its names, marks it established and serves its versions, at once (a real
// server takes a moment).
void settle_definition(Cluster& cluster, const StoreKey& key);
// Of a definition that is being deleted: removes its objects and, when none is left, the definition itself.
void clean_up_definition(Cluster& cluster, Writer& writer, const StoreKey& key);

}  // namespace taut::sandbox
