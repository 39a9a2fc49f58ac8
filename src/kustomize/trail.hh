// What happened to a resource on its way through a build, kept only when asked for (BuildOptions::trace).
//
// A trail is a chain of snapshots, the newest first. Values share what did not change, so a snapshot costs little;
// copies of a resource share the chain up to where they part. Without tracing a resource has none, and
// nothing is done.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "kustomize/resmap.hh"

namespace taut::kustomize {

// Where a change was asked for.
struct Cause {
  std::string what;      // "patches[2]", "namePrefix", "hash of the content"; "" for what a file says
  std::string file;      // in the tree: of the object, or of the kustomization or transformer; "" for none
  uint32_t line = 0;
  std::string source;    // the patch's own file in the tree
  std::string patch;     // or its text
};

struct Trail {
  std::shared_ptr<const Trail> before;
  Cause cause;
  Value object;  // after it
};

// Adds a snapshot to each resource whose object is not that of its newest one.
void note_change(ResMap& resources, const Cause& cause);
// The first snapshots of resources that were read, with their own files and lines.
void note_read(ResMap& resources);

// The field of kustomization.yaml behind a built-in plugin: "PatchTransformer" gives "patches". "" for others.
std::string_view field_of_plugin(std::string_view kind);

}  // namespace taut::kustomize
