// FieldsV1 and managedFields from outside: whatever is read is written and read back the same.
#include <cstdlib>

#include "smd/managed_fields.hh"
#include "value/json.hh"

using namespace taut;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  auto document = parse_json({reinterpret_cast<const char*>(data), size});
  if (!document) return 0;
  if (auto set = smd::Set::decode(*document)) {
    auto again = smd::Set::decode(set->encode());
    if (!again || !(*again == *set)) std::abort();
    if (!set->without(*set).empty()) std::abort();
  }
  if (auto managers = smd::decode_managed_fields(*document)) {
    smd::cap_update_managers(*managers, 2);
    if (!smd::decode_managed_fields(smd::encode_managed_fields(*managers))) std::abort();
  }
  return 0;
}
