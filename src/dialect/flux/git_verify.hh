// spec.verify of a GitRepository: whose signatures its commit and tag must carry (source-controller 1.9).
#pragma once

#include "dialect/flux/source.hh"

namespace taut::flux {

// Whether the spec asks for it.
bool wants_verification(const Value& spec);

// What the condition SourceVerified says of the commit of an artifact that was just fetched, or why it must not be used. The
// Secret holds OpenPGP key rings, in every key but those for SSH ("*.sshpub"). Blocks.
tl::expected<std::string, SourceError> verify_git(const Value& object, const Artifact& artifact, const Value& secret, Repositories& repositories);

}  // namespace taut::flux
