// Provenance files: Chart.yaml and the digest of a chart's archive, clear-signed (helm 4's pkg/provenance).
#pragma once

#include <string>
#include <string_view>

#include "base/result.hh"
#include "helm/metadata.hh"
#include "lang/openpgp/clearsign.hh"

namespace taut::helm {

struct Verification {
  openpgp::Signer signer;
  std::string file_hash;  // "sha256:..."
};

// The archive `file_name` against its provenance file and a key ring, all of them bytes. Errors in helm's words: "signature
// block not found", "sha256 sum does not match for ...", "provenance does not contain a SHA for a file named ...".
Result<Verification> verify_provenance(std::string_view archive, const std::string& provenance, const std::string& key_ring,
                                       std::string_view file_name);

// The same for files: `path` and `path`.prov. "unpacked charts cannot be verified", "chart must be a tgz file", "could not
// load provenance file ...", "failed to load keyring: ...".
Result<Verification> verify_chart_file(const std::string& path, const std::string& key_ring_path);

// The text of the provenance file of an archive.
Result<std::string> make_provenance(const Metadata& metadata, std::string_view archive, std::string_view file_name,
                                    const std::string& key_ring, std::string_view key, const openpgp::Passphrase& passphrase);

// What `helm verify` prints: identities, the key and the digest, a line each.
std::string verification_text(const Verification& verification);

}  // namespace taut::helm
