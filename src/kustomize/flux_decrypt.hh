// SOPS in what Flux builds: the files that kustomizations name are decrypted before the build, Secrets after it
// (kustomize-controller 1.9, internal/decryptor).
#pragma once

#include <string>
#include <string_view>

#include "base/result.hh"
#include "lang/sops/sops.hh"
#include "tree/tree.hh"
#include "value/value.hh"

namespace taut::kustomize {

// The tree with the files that secretGenerators and patches name in plain text, as far as they are encrypted, from the
// kustomization of `folder` on through resources and components. Errors without what Flux puts before them.
Result<TreePtr> decrypt_sources(const TreePtr& tree, std::string_view folder, const sops::Keys& keys);

// An object that is encrypted as a whole, or a Secret with encrypted data. Errors: "failed to decrypt and format
// 'default/login' Secret data: cannot get sops data key: ...".
Status decrypt_resource(Value& object, const sops::Keys& keys);

// A Secret that is still encrypted, and whose annotation does not say that it stays so.
bool is_encrypted_secret(const Value& object);

}  // namespace taut::kustomize
