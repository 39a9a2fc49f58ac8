// What Flux's kustomize-controller builds from a Kustomization object: a folder, with or without a kustomization
// file, and the object's own fields on top. Mirrors github.com/fluxcd/pkg/kustomize 1.39.0 (Generator, SecureBuild and
// SubstituteVariables).
#pragma once

#include <string>
#include <vector>

#include "base/result.hh"
#include "kustomize/build.hh"
#include "lang/sops/keys.hh"
#include "tree/tree.hh"

namespace taut::kustomize {

struct FluxKustomization {
  std::string file;   // in the tree, where it takes the place of what is there
  std::string text;
};

// The kustomization that is built: that of the folder, or one that names every manifest below it (folders with a
// kustomization of their own as a whole), with the fields of `spec` put in: targetNamespace, namePrefix, nameSuffix,
// patches, patchesStrategicMerge, patchesJson6902, components, ignoreMissingComponents, images, buildMetadata.
// The errors: "component path '/etc' must be local and relative", "failed to decode Kubernetes YAML from ...". `prefix`
// is how the tree's root is called in them.
Result<FluxKustomization> flux_kustomization(const Tree& tree, std::string_view folder, const Value& spec,
                                             const std::string& prefix = {});

struct FluxOptions {
  bool strict = true;           // a variable without a value and without a default is an error
  std::vector<Value> variables;  // of spec.postBuild.substituteFrom, a map of text each, later ones win
  std::string prefix;
  sops::Keys keys;  // of spec.decryption.secretRef
  Remotes* remotes = nullptr;  // without it what is on the network is an error
};

// How the error ends that says that a Secret is encrypted, and that the spec does not tell how to decrypt it.
inline constexpr std::string_view kDecryptionRequired =
    " is SOPS encrypted, configuring decryption is required for this secret to be reconciled";

// The objects in the order of the build, with what spec.decryption is about in plain text, the variables of
// spec.postBuild replaced and spec.commonMetadata set. What a folder outside of the tree would hold cannot be reached.
// Errors: those of the build, "error decrypting sources: ...", "decryption failed for 'Secret.v1.[noGrp]/a':
// ...", "post build failed for ...", all without any value.
Result<Built> build_flux(const TreePtr& tree, std::string_view folder, const Value& spec, const FluxOptions& options = {});

// What the controller asks before it applies: that no Secret is still encrypted; else "Secret/ns/a is SOPS encrypted, ...".
Status check_decrypted(const Built& built);

}  // namespace taut::kustomize
