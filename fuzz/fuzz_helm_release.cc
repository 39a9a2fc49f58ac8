// Records of Helm's releases, as anybody may write them into a Secret: read or refused; what is read is written and
// read again as the same, and can be looked at. Half of the inputs are plain JSON, since few bytes happen to be gzip.
#include <string_view>

#include "base/base64.hh"
#include "release/record.hh"
#include "value/json.hh"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0) return 0;
  std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
  auto release = taut::release::decode_record(data[0] % 2 ? std::string(text) : taut::base64_encode(text));
  if (!release) return 0;
  (void)release->chart_name();
  (void)release->app_version();
  auto again = taut::release::decode_record(taut::release::encode_record(*release));
  if (!again || taut::to_json(to_value(*again)) != taut::to_json(to_value(*release))) __builtin_trap();
  return 0;
}
