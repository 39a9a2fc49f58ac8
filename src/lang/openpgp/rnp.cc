#include "lang/openpgp/rnp.hh"

#include <fcntl.h>

namespace taut::openpgp {

Ring make_ring() {
  rnp_ffi_t ring = nullptr;
  if (rnp_ffi_create(&ring, "GPG", "GPG") != RNP_SUCCESS) return nullptr;
  // The library closes the file.
  if (int nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC); nowhere >= 0) rnp_ffi_set_log_fd(ring, nowhere);
  return Ring(ring);
}

Input input_of(const std::string& bytes) {
  rnp_input_t input = nullptr;
  rnp_input_from_memory(&input, reinterpret_cast<const uint8_t*>(bytes.data()), bytes.size(), false);
  return Input(input);
}

Output make_output(size_t longest) {
  rnp_output_t memory = nullptr;
  rnp_output_to_memory(&memory, longest);
  return Output(memory);
}

std::string bytes_of(const Output& output) {
  uint8_t* bytes = nullptr;
  size_t size = 0;
  rnp_output_memory_get_buf(output.get(), &bytes, &size, false);
  return {reinterpret_cast<const char*>(bytes), size};
}

}  // namespace taut::openpgp
