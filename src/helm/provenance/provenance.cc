#include "helm/provenance/provenance.hh"

#include <fmt/format.h>
#include <sys/stat.h>

#include <cerrno>
#include <fstream>
#include <sstream>

#include "base/sha256.hh"
#include "base/strings.hh"
#include "helm/lock.hh"
#include "tree/path.hh"
#include "yaml/reader.hh"
#include "yaml/writer.hh"

namespace taut::helm {
namespace {

// Between Chart.yaml and the digests: "---" may not stand in a clear-signed text.
constexpr std::string_view kEndOfDocument = "\n...\n";

Result<std::string> read_file(const std::string& path) {
  struct stat info {};
  if (::stat(path.c_str(), &info) == 0 && S_ISDIR(info.st_mode)) return fail(Code::kInvalid, "read {}: is a directory", path);
  std::ifstream file(path, std::ios::binary);
  if (!file) return fail(Code::kNotFound, "open {}: {}", path, errno == EACCES ? "permission denied" : "no such file or directory");
  std::ostringstream out;
  out << file.rdbuf();
  return out.str();
}

std::string digest_of(std::string_view archive) { return "sha256:" + sha256_hex(archive); }

Result<Value> digests_in(const std::string& text) {
  std::string_view metadata, digests, rest;
  if (!cut(text, kEndOfDocument, metadata, digests)) return fail(Code::kInvalid, "message block must have at least two parts");
  if (cut(digests, kEndOfDocument, metadata, rest)) digests = metadata;
  auto document = parse_yaml_document(digests, {.reject_duplicate_keys = false});
  if (!document) return fail(Code::kInvalid, "error converting YAML to JSON: {}", document.error().message());
  return document->root["files"];
}

Failure with_prefix(std::string_view prefix, const Error& error) {
  return fail(Error(error).with_message(fmt::format("{}: {}", prefix, error.message())));
}

}  // namespace

Result<Verification> verify_provenance(std::string_view archive, const std::string& provenance, const std::string& key_ring,
                                       std::string_view file_name) {
  TAUT_ASSIGN(openpgp::Signed checked, openpgp::verify_clearsigned(key_ring, provenance));
  Verification out;
  out.signer = std::move(checked.signer);
  out.file_hash = digest_of(archive);
  TAUT_ASSIGN(Value digests, digests_in(checked.text));
  const Value* promised = digests.find(file_name);
  if (!promised) return fail(Code::kInvalid, "provenance does not contain a SHA for a file named {}", quote(file_name));
  if (promised->as_string() != out.file_hash) {
    return fail(Code::kInvalid, "sha256 sum does not match for {}: {} != {}", file_name, quote(promised->as_string()), quote(out.file_hash));
  }
  return out;
}

Result<Verification> verify_chart_file(const std::string& path, const std::string& key_ring_path) {
  struct stat info {};
  if (::stat(path.c_str(), &info) != 0) return fail(Code::kNotFound, "stat {}: no such file or directory", path);
  if (S_ISDIR(info.st_mode)) return fail(Code::kInvalid, "unpacked charts cannot be verified");
  if (!to_lower(path).ends_with(".tgz")) return fail(Code::kInvalid, "chart must be a tgz file");
  const std::string provenance_path = path + ".prov";
  if (::stat(provenance_path.c_str(), &info) != 0)
    return fail(Code::kNotFound, "could not load provenance file {0}: stat {0}: no such file or directory", provenance_path);
  auto key_ring = read_file(key_ring_path);
  if (!key_ring) return with_prefix("failed to load keyring", key_ring.error());
  TAUT_ASSIGN(std::string archive, read_file(path));
  TAUT_ASSIGN(std::string provenance, read_file(provenance_path));
  return verify_provenance(archive, provenance, *key_ring, base_name(path));
}

Result<std::string> make_provenance(const Metadata& metadata, std::string_view archive, std::string_view file_name,
                                    const std::string& key_ring, std::string_view key, const openpgp::Passphrase& passphrase) {
  const Value digests = Value::map({{"files", Value::map({{file_name, digest_of(archive)}})}});
  std::string text = to_yaml(metadata_document(metadata));
  text += kEndOfDocument;
  text += to_yaml(digests);
  text.pop_back();  // the line feed before the signature belongs to that
  return openpgp::clearsign(key_ring, key, text, passphrase);
}

std::string verification_text(const Verification& verification) {
  std::string out;
  for (const std::string& identity : verification.signer.identities) out += fmt::format("Signed by: {}\n", identity);
  return out + fmt::format("Using Key With Fingerprint: {}\nChart Hash Verified: {}\n", verification.signer.fingerprint, verification.file_hash);
}

}  // namespace taut::helm
