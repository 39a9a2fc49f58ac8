// Flux's OCIRepository: which manifest it names, and its artifact (source.toolkit.fluxcd.io/v1).
#pragma once

#include <vector>

#include "dialect/flux/source.hh"

namespace taut::flux {

// One repository of a registry. Calls block; thread-safe.
class OciClient {
 public:
  virtual ~OciClient() = default;
  virtual Result<std::vector<std::string>> tags() = 0;
  struct Manifest {
    std::string digest;  // "sha256:<hex>"
    std::string text;    // JSON
  };
  virtual Result<Manifest> manifest(const std::string& reference) = 0;
  virtual Result<std::string> blob(const std::string& digest) = 0;
};

struct OciPlace {
  std::string host;        // "ghcr.io"
  std::string repository;  // "stefanprodan/manifests/podinfo"
  bool plain_http = false;
  SourceAccess access;
};
using OpenOci = std::function<std::unique_ptr<OciClient>(const OciPlace& place)>;

// The login of a Secret of type kubernetes.io/dockerconfigjson for a host; nothing where it has none for it.
Result<SourceAccess> read_docker_login(const Value& secret, std::string_view host);

std::optional<SourceError> unsupported_oci_field(const Value& spec);
// "oci://host/repository" in parts; kInvalid in Flux's words.
Result<OciPlace> read_place(const Value& spec);

// Asks the registry what spec.ref names (digest, semver with its filter, tag) and makes the artifact of the selected
// layer. What `known` holds already is not fetched again. Blocks.
tl::expected<Artifact, SourceError> fetch_oci(const Value& object, OciClient& client, const std::optional<Artifact>& known);

}  // namespace taut::flux
