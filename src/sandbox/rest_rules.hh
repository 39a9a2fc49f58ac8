// How the storage of each built-in kind differs from the usual: what the strategies of kube-apiserver 1.36 say
// (pkg/registry/*/*/strategy.go and storage.go).
#pragma once

#include "sandbox/registry.hh"

namespace taut::sandbox {

// Whether a PUT may leave out metadata.resourceVersion.
bool allows_unconditional_update(const Resource& resource);
// Whether a PUT creates an object that is not there.
bool allows_create_on_update(const Resource& resource);
// Whether DELETE answers with the object rather than with a Status.
bool returns_deleted_object(const Resource& resource);

}  // namespace taut::sandbox
