// Public keys in SSH's form, and what they have signed.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace taut::sshsig {

// Reads SSH's wire form (RFC 4251 §5) from the front of a text.
class Wire {
 public:
  explicit Wire(std::string_view bytes) : rest_(bytes) {}
  std::optional<uint32_t> number();
  std::optional<std::string_view> text();  // four bytes of length and as many bytes; also of a number of any size
  bool at_end() const { return rest_.empty(); }

 private:
  std::string_view rest_;
};
// A text in that form.
std::string wired(std::string_view text);

// "SHA256:<base64 without padding>" of a key's blob.
std::string fingerprint(std::string_view blob);

// SHA-256 or SHA-512 by the names "sha256" and "sha512"; nothing for another.
std::optional<std::string> digest(std::string_view algorithm, std::string_view bytes);

// Whether the key made the signature, "<algorithm><bytes>" in wire form, of the bytes.
bool has_signed(std::string_view blob, std::string_view signature, std::string_view bytes);

}  // namespace taut::sshsig
