// kustomize build: a tree and a folder in it to objects. A pure function; what it reads goes through the tree, so a
// Recorder (tree/recorder.hh) around the tree gives the read set.
//
// Mirrors kustomize 5.8.1 (api/krusty, api/internal/target). The time is linear in the number of resources; a
// base that several kustomizations share is accumulated once.
#pragma once

#include <string>
#include <vector>

#include "kustomize/options.hh"
#include "kustomize/resource.hh"

namespace taut::kustomize {

struct BuiltResource {
  Value object;
  std::string file;   // in the tree; "" for what was generated
  uint32_t line = 0;  // of the object in it
  bool cluster_scoped = false;  // as far as is known
  std::shared_ptr<const Trail> trail;  // of BuildOptions::trace
};

struct Built {
  std::vector<BuiltResource> resources;
  std::vector<std::string> warnings;  // lines for stderr
  std::string kustomization;          // the file of the kustomization that was built, in the tree
  bool used_helm = false;             // charts were rendered, for which versions of Kubernetes count
};

// `named`: how the folder was given, for messages. The errors have upstream's text, without its "Error: ", and the
// file and line where that is known.
Result<Built> build(const Tree& tree, std::string_view folder, const BuildOptions& options = {},
                    std::string_view named = {});

// The resources as `kustomize build` prints them.
std::string to_text(const Built& built);

}  // namespace taut::kustomize
