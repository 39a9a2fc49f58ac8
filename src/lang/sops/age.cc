#include "lang/sops/age.hh"

#include <optional>

#include "base/base64.hh"
#include "base/sha256.hh"
#include "base/strings.hh"
#include "lang/sops/bech32.hh"
#include "lang/sops/primitives.hh"

namespace taut::sops {
namespace {

constexpr std::string_view kVersion = "age-encryption.org/v1\n";
constexpr std::string_view kStanza = "-> ";
constexpr std::string_view kMac = "---";
constexpr std::string_view kArmorBegin = "-----BEGIN AGE ENCRYPTED FILE-----";
constexpr std::string_view kArmorEnd = "-----END AGE ENCRYPTED FILE-----";
constexpr size_t kLineLength = 64;
constexpr size_t kFileKeyBytes = 16;
constexpr size_t kNonceBytes = 16;
constexpr size_t kChunkBytes = 64 * 1024;

struct Stanza {
  std::vector<std::string_view> words;  // the type, then the arguments
  std::string body;
};

struct Header {
  std::vector<Stanza> stanzas;
  std::string_view covered;  // what the MAC is of
  std::string mac;
  std::string_view payload;
};

// Base64 without padding.
std::optional<std::string> unpadded(std::string_view text) {
  if (text.find_first_of("=\r\n") != std::string_view::npos) return std::nullopt;
  std::string padded(text);
  padded.append((4 - padded.size() % 4) % 4, '=');
  auto out = base64_decode(padded);
  // One text for each content: the bits left over are zero.
  if (!out || base64_encode(*out) != padded) return std::nullopt;
  return out;
}

std::optional<std::string_view> take_line(std::string_view& rest) {
  size_t end = rest.find('\n');
  if (end == std::string_view::npos) return std::nullopt;
  std::string_view line = rest.substr(0, end);
  rest.remove_prefix(end + 1);
  return line;
}

Failure bad_header(std::string_view what) { return fail(Code::kInvalid, "failed to read header: parsing age header: {}", what); }

// Lines of 64 letters, the last one shorter.
bool read_body(std::string_view& rest, std::string& out) {
  while (auto line = take_line(rest)) {
    auto part = unpadded(*line);
    if (!part || line->size() > kLineLength) return false;
    out += *part;
    if (line->size() < kLineLength) return true;
  }
  return false;
}

Result<Header> read_header(std::string_view file) {
  if (!file.starts_with(kVersion)) return bad_header("unexpected intro");
  std::string_view rest = file.substr(kVersion.size());
  Header out;
  while (auto line = take_line(rest)) {
    if (line->starts_with(kStanza)) {
      Stanza stanza;
      stanza.words = split(line->substr(kStanza.size()), ' ');
      if (!read_body(rest, stanza.body)) return bad_header("malformed stanza");
      out.stanzas.push_back(std::move(stanza));
      continue;
    }
    if (!line->starts_with("--- ")) return bad_header("malformed closing line");
    auto mac = unpadded(line->substr(kMac.size() + 1));
    if (!mac || mac->size() != 32) return bad_header("malformed closing line");
    size_t start = static_cast<size_t>(line->data() - file.data());
    out.covered = file.substr(0, start + kMac.size());
    out.mac.assign(*mac);
    out.payload = rest;
    return out;
  }
  return bad_header("unexpected EOF");
}

// The file key, if the stanza is to this identity.
std::optional<std::string> unwrap(const Stanza& stanza, const AgeIdentity& identity) {
  if (stanza.words.size() != 2 || stanza.words[0] != "X25519" || stanza.body.size() != kFileKeyBytes + kTagBytes) return std::nullopt;
  auto share = unpadded(stanza.words[1]);
  auto shared = share ? x25519(identity.secret, *share) : std::nullopt;
  if (!shared) return std::nullopt;
  std::string key = hkdf_sha256(*shared, *share + identity.ours, "age-encryption.org/v1/X25519");
  std::string_view body = stanza.body;
  return open_sealed(Aead::kChaCha20Poly1305, key, std::string(12, '\0'), body.substr(0, kFileKeyBytes), body.substr(kFileKeyBytes));
}

// Chunks of 64 KiB, each with its number and whether it is the last.
Result<std::string> read_payload(std::string_view payload, const std::string& file_key) {
  if (payload.size() < kNonceBytes) return fail(Code::kInvalid, "failed to read nonce: unexpected EOF");
  std::string key = hkdf_sha256(file_key, payload.substr(0, kNonceBytes), "payload");
  payload.remove_prefix(kNonceBytes);
  std::string out;
  for (uint64_t number = 0;; ++number) {
    size_t size = std::min(payload.size(), kChunkBytes + kTagBytes);
    bool last = size == payload.size();
    std::string nonce(12, '\0');
    for (size_t i = 0; i < 8; ++i) nonce[3 + i] = static_cast<char>(number >> (8 * (7 - i)) & 0xff);
    nonce[11] = last ? '\x01' : '\x00';
    bool empty = size == kTagBytes && number > 0;
    auto chunk = size < kTagBytes || empty
                     ? std::nullopt
                     : open_sealed(Aead::kChaCha20Poly1305, key, nonce, payload.substr(0, size - kTagBytes), payload.substr(size - kTagBytes, kTagBytes));
    if (!chunk) return fail(Code::kInvalid, "failed to decrypt and authenticate payload chunk");
    out += *chunk;
    if (last) return out;
    payload.remove_prefix(size);
  }
}

Failure bad_armor(std::string_view what) { return fail(Code::kInvalid, "failed to read header: parsing age header: invalid armor: {}", what); }

Result<std::string> without_armor(std::string_view text) {
  text = trim(text);
  auto lines = split(text, '\n');
  for (auto& line : lines)
    if (line.ends_with('\r')) line.remove_suffix(1);
  if (lines.size() < 2 || lines.back() != kArmorEnd) return bad_armor("invalid closing line");
  std::string all;
  for (size_t i = 1; i + 1 < lines.size(); ++i) {
    bool last = i + 2 == lines.size();
    if (lines[i].size() > kLineLength || (!last && lines[i].size() != kLineLength)) return bad_armor("column limit exceeded");
    all += lines[i];
  }
  auto out = base64_decode(all);
  if (!out) return bad_armor("illegal base64 data");
  return std::move(*out);
}

}  // namespace

Result<std::vector<AgeIdentity>> read_age_identities(std::string_view text) {
  std::vector<AgeIdentity> out;
  size_t number = 0;
  for (std::string_view line : split(text, '\n')) {
    ++number;
    line = trim(line);
    if (line.empty() || line.starts_with('#')) continue;
    auto secret = bech32_decode("AGE-SECRET-KEY-", line);
    if (!secret && !line.starts_with("AGE-SECRET-KEY-1"))
      return fail(Code::kInvalid, "failed to parse and add to age identities: error at line {}: unknown identity type", number);
    auto ours = secret ? x25519_public(*secret) : std::nullopt;
    if (!ours) return fail(Code::kInvalid, "failed to parse and add to age identities: error at line {}: malformed secret key", number);
    out.push_back({std::move(*secret), std::move(*ours)});
  }
  return out;
}

Result<std::string> decrypt_age(std::string_view file, const std::vector<AgeIdentity>& identities) {
  std::string plain;
  if (trim(file).starts_with(kArmorBegin)) {
    TAUT_ASSIGN(plain, without_armor(file));
    file = plain;
  }
  TAUT_ASSIGN(Header header, read_header(file));
  for (const AgeIdentity& identity : identities) {
    for (const Stanza& stanza : header.stanzas) {
      auto key = unwrap(stanza, identity);
      if (!key) continue;
      if (!same_bytes(hmac_sha256(hkdf_sha256(*key, {}, "header"), header.covered), header.mac))
        return fail(Code::kInvalid, "bad header MAC");
      return read_payload(header.payload, *key);
    }
  }
  return fail(Code::kInvalid, "no identity matched any of the recipients");
}

}  // namespace taut::sops
