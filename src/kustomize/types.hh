// The fields of kustomization.yaml, of transformer configurations and of built-in plugins, as Go's api/types and
// builtin plugins of kustomize 5.8.1 have them.
#pragma once

#include "kustomize/go_struct.hh"

namespace taut::kustomize::types {

extern const GoType kKustomization;
extern const GoType kTransformerConfig;
extern const GoType kReplacement;
extern const GoType kReplacementList;

// Configurations of the built-in generators and transformers that can be named in files.
extern const GoType kAnnotationsPlugin;
extern const GoType kConfigMapPlugin;
extern const GoType kHelmPlugin;
extern const GoType kIamPolicyPlugin;
extern const GoType kImageTagPlugin;
extern const GoType kLabelPlugin;
extern const GoType kNamespacePlugin;
extern const GoType kPatchJsonPlugin;
extern const GoType kPatchPlugin;
extern const GoType kPatchStrategicPlugin;
extern const GoType kPrefixPlugin;
extern const GoType kPrefixSuffixPlugin;
extern const GoType kReplacementPlugin;
extern const GoType kReplicaPlugin;
extern const GoType kSecretPlugin;
extern const GoType kSuffixPlugin;
extern const GoType kValueAddPlugin;
extern const GoType kValueAddTargets;

}  // namespace taut::kustomize::types
