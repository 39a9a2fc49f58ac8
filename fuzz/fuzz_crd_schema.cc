// A structural schema and an object from outside: pruning, defaults and validation come to an end.
#include "schema/crd.hh"
#include "value/json.hh"

using namespace taut;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  auto both = parse_json({reinterpret_cast<const char*>(data), size});
  if (!both || !both->is_list() || both->size() < 2) return 0;
  auto crd = schema::CrdSchema::compile((*both)[0]);
  if (!crd) return 0;
  Value object = (*both)[1];
  crd->prune(object);
  crd->drop_nulls(object);
  crd->apply_defaults(object);
  crd->validate(object);
  return 0;
}
