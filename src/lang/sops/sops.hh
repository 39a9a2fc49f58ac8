// Files encrypted by SOPS (getsops/sops 3): bytes and keys in, plain bytes out. No file, network or environment.
//
// Data keys to age recipients (X25519) and OpenPGP keys are opened; those held by cloud services, and split ones, are
// refused by name. Errors never hold anything of a value or a key.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/result.hh"
#include "lang/sops/keys.hh"

namespace taut::sops {

enum class Format { kBinary, kDotenv, kIni, kJson, kYaml };

// "binary", "dotenv", "INI", "JSON", "YAML".
std::string_view format_name(Format format);
// By the end of a file's name, as SOPS tells formats; binary when it says nothing.
Format format_of_path(std::string_view path);
// Whether a file of a format carries SOPS' mark, as Flux looks for it.
bool carries_mark(std::string_view bytes, Format format);
// Which format's mark is there.
std::optional<Format> format_of_mark(std::string_view bytes);

struct Options {
  // Whether the values must be those that were encrypted together. Flux does not ask: what passes through kustomize has
  // more fields by then.
  bool check_mac = false;
};

// The plain file in format `out`. kInvalid: "failed to load encrypted YAML data: ...", "error decrypting sops tree:
// ...", "failed to verify sops data integrity: ..."; kUnauthenticated: "cannot get sops data key: ..."; kUnsupported.
Result<std::string> decrypt(std::string_view bytes, Format in, Format out, const Keys& keys, const Options& options = {});

}  // namespace taut::sops
