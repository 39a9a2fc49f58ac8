// ConfigMaps and Secrets made from literals, env files and files, as kustomize 5.8.1 makes them
// (api/internal/generators, api/kv).
#pragma once

#include <functional>

#include "base/result.hh"
#include "kustomize/resource.hh"
#include "tree/tree.hh"

namespace taut::kustomize {

// Reads a file by its path from the kustomization's folder, within its restrictions; the error is the loader's.
using ReadFile = std::function<Result<FileText>(std::string_view path)>;

// `args` is one item of configMapGenerator with its fields in canonical case: name, namespace, behavior, envs,
// literals, files and options {labels, annotations, immutable, disableNameSuffixHash}, the generatorOptions merged
// in. The errors are upstream's, "loading KV pairs: file sources: [a b]: ..." and the like; they hold names and
// paths, and of a literal only what has no "=" at all.
Result<Resource> make_config_map(const Value& args, const ReadFile& read);
// The same for secretGenerator, with `type`.
Result<Resource> make_secret(const Value& args, const ReadFile& read);

}  // namespace taut::kustomize
