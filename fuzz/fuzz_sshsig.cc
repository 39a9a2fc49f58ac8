// Signatures and authorized keys of SSH: the input is both, with an empty line between them.
#include "lang/sshsig/signature.hh"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  std::string_view text(reinterpret_cast<const char*>(data), size);
  size_t cut = std::min(text.find("\n\n"), size);
  const std::string keys[] = {std::string(text.substr(0, cut))};
  (void)taut::sshsig::verify(keys, "text", text.substr(cut));
  return 0;
}
