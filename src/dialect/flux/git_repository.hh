// Flux's GitRepository: which commit it names, and its artifact (source.toolkit.fluxcd.io/v1).
#pragma once

#include "dialect/flux/source.hh"

namespace taut::flux {

// The first field that is set and cannot be honored yet.
std::optional<SourceError> unsupported_git_field(const Value& spec);

// Asks the remote what spec.ref names, and makes the artifact of its files: without what spec.ignore and .sourceignore
// leave out, with what spec.include takes from other sources. Blocks.
tl::expected<Artifact, SourceError> fetch_git(const Value& object, Repositories& repositories, const Artifacts& artifacts);

// The artifact that status.artifact tells of, from what was fetched before: for a start without the remote.
std::optional<Artifact> restore_git(const Value& object, Repositories& repositories, const Artifacts& artifacts);

// The GitRepositories that it includes.
std::vector<SourceRef> included_by(const Value& object);

}  // namespace taut::flux
