// What SOPS keeps in a file beside the values: who holds the data key, and which values are encrypted.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hh"
#include "lang/sops/keys.hh"
#include "lang/sops/node.hh"

namespace taut::sops {

// One recipient of the data key.
struct MasterKey {
  enum class Kind { kAge, kPgp, kElsewhere };
  Kind kind;
  std::string name;       // the recipient, the fingerprint, the ARN
  std::string encrypted;  // the data key
  std::string service;    // of kElsewhere: "AWS KMS"
};

struct Metadata {
  std::vector<MasterKey> keys;
  std::string mac;
  std::string last_modified;
  bool mac_only_encrypted = false;
  bool by_comment = false;  // comments say what is encrypted, so that only its form tells
  // Whether the value at a path of keys is encrypted.
  std::function<bool(const std::vector<std::string>& path)> encrypted;
};

// Reads the field `sops`. kInvalid in SOPS' words, kUnsupported for key groups.
Result<Metadata> read_metadata(const Value& sops);

// The data key of 32 bytes by the first recipient whose key is at hand, age before OpenPGP; kUnauthenticated with
// SOPS' account of each attempt.
Result<std::string> data_key(const Metadata& metadata, const Keys& keys);

}  // namespace taut::sops
