// Any text as the answer of an S3 server.
#include "io/bucket/xml.hh"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  auto root = taut::bucket::read_xml({reinterpret_cast<const char*>(data), size});
  if (root) (void)root->child("Key");
  return 0;
}
