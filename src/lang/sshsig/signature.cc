#include "lang/sshsig/signature.hh"

#include <vector>

#include "base/base64.hh"
#include "base/strings.hh"
#include "lang/sshsig/public_key.hh"

namespace taut::sshsig {
namespace {

constexpr std::string_view kBegin = "-----BEGIN SSH SIGNATURE-----";
constexpr std::string_view kEnd = "-----END SSH SIGNATURE-----";
constexpr std::string_view kMagic = "SSHSIG";
constexpr std::string_view kNamespace = "git";

struct Signature {
  std::string key;
  std::string name_space;
  std::string reserved;
  std::string hash;
  std::string bytes;
};

Failure unreadable(std::string_view why) { return fail(Code::kInvalid, "unable to unarmor SSH signature: {}", why); }

std::string without_spaces(std::string_view text) {
  std::string out;
  for (char c : text)
    if (c != ' ' && c != '\t' && c != '\r' && c != '\n') out += c;
  return out;
}

Result<Signature> unarmor(std::string_view text) {
  text = trim(text);
  if (!text.starts_with(kBegin) || !text.ends_with(kEnd) || text.size() < kBegin.size() + kEnd.size()) return unreadable("invalid armor");
  auto bytes = base64_decode(without_spaces(text.substr(kBegin.size(), text.size() - kBegin.size() - kEnd.size())));
  if (!bytes || !bytes->starts_with(kMagic)) return unreadable("invalid format");
  Wire wire(std::string_view(*bytes).substr(kMagic.size()));
  if (wire.number() != 1U) return unreadable("unsupported signature version");
  auto key = wire.text(), name_space = wire.text(), reserved = wire.text(), hash = wire.text(), signature = wire.text();
  if (!key || !name_space || !reserved || !hash || !signature || !wire.at_end()) return unreadable("invalid format");
  return Signature{std::string(*key), std::string(*name_space), std::string(*reserved), std::string(*hash), std::string(*signature)};
}

bool is_type(std::string_view word) { return word.starts_with("ssh-") || word.starts_with("ecdsa-sha2-") || word.starts_with("sk-"); }

// The blob of a line of authorized keys: before the type there may be options, which say nothing here. One of a kind that signs
// nothing here (of a security key, DSA, a certificate) is a key as well.
std::optional<std::string> key_of(std::string_view line) {
  const std::string spaced = replace_all(line, "\t", " ");
  std::vector<std::string_view> words;
  for (std::string_view word : split(spaced, ' '))
    if (!word.empty()) words.push_back(word);
  for (size_t i = 0; i + 1 < words.size(); ++i) {
    auto blob = is_type(words[i]) ? base64_decode(words[i + 1]) : std::nullopt;
    if (!blob) continue;
    if (auto type = Wire(*blob).text(); type == words[i]) return blob;
  }
  return std::nullopt;
}

// The keys of a file; nothing where a line is none.
std::optional<std::vector<std::string>> keys_of(std::string_view file) {
  std::vector<std::string> out;
  for (std::string_view line : split(file, '\n')) {
    line = trim(line);
    if (line.empty() || line.starts_with('#')) continue;
    auto key = key_of(line);
    if (!key) return std::nullopt;
    out.push_back(std::move(*key));
  }
  return out;
}

// Why a key did not make the signature, in the library's words; "" where it did.
std::string_view refusal(const Signature& signature, std::string_view key, std::string_view text) {
  if (signature.key != key) return "public key does not match";
  if (signature.name_space != kNamespace) return "namespace does not match";
  auto hash = digest(signature.hash, text);
  if (!hash) return "unsupported hash algorithm";
  std::string bytes = std::string(kMagic) + wired(signature.name_space) + wired(signature.reserved) + wired(signature.hash) + wired(*hash);
  return has_signed(key, signature.bytes, bytes) ? "" : "ssh: signature did not verify";
}

}  // namespace

Result<std::string> verify(std::span<const std::string> keys, std::string_view text, std::string_view signature) {
  TAUT_ASSIGN(const Signature read, unarmor(signature));
  bool tried = false, other = false;
  std::string why;
  for (const std::string& file : keys) {
    auto known = keys_of(file);
    if (!known) {
      other = true;
      continue;
    }
    tried = true;
    for (const std::string& key : *known) {
      std::string_view refused = refusal(read, key, text);
      if (refused.empty()) return fingerprint(key);
      if (!contains(why, refused)) why += fmt::format("\n{}", refused);
    }
  }
  if (!tried && other) return fail(Code::kInvalid, "unable to parse authorized keys: unable to parse authorized key: ssh: no key found");
  return fail(Code::kForbidden, "unable to verify payload with any of the given authorized keys: no matching key{}", why);
}

}  // namespace taut::sshsig
