// Digests by which Flux tells whether a release, its values or its settings are those it has seen: "sha256:<hex>" over
// the very bytes that helm-controller 1.6 hashes, so that either can go on where the other stopped.
#pragma once

#include <string>
#include <string_view>

#include "release/record.hh"
#include "value/value.hh"

namespace taut::flux {

// Of a release as it was recorded, without its tests. `oci_digest`: of the artifact that its chart came from, or "".
std::string release_digest(const release::Release& release, std::string_view oci_digest);

// Of values, as fluxcd/pkg/chartutil has it.
std::string values_digest(const Value& values);

// Of spec.postRenderers and spec.commonMetadata; "" when there are none.
std::string post_renderers_digest(const Value& renderers);
std::string common_metadata_digest(const Value& metadata);

}  // namespace taut::flux
