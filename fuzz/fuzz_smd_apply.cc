// An object and a configuration from outside, merged by the type of a Deployment: an apply or a strategic patch ends
// in an object or a refusal, and applying once more by force changes nothing.
#include <cstdlib>

#include "schema/builtin.hh"
#include "smd/smd.hh"
#include "smd/strategic.hh"
#include "value/json.hh"

using namespace taut;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  auto both = parse_json({reinterpret_cast<const char*>(data), size});
  if (!both || !both->is_list() || both->size() < 2) return 0;
  auto kind = smd::builtin_kind("apps/v1", "Deployment", "");
  auto object = [](Value value) {
    if (!value.is_map()) value = Value::map();
    value.set("apiVersion", "apps/v1");
    value.set("kind", "Deployment");
    return value;
  };
  Value live = object((*both)[0]), config = object((*both)[1]);
  (void)smd::strategic_merge(live, config, *kind->type("apps/v1"));
  auto applied = smd::apply(*kind, live, {config, "m", true, "", Time()});
  if (!applied) return 0;
  auto again = smd::apply(*kind, *applied, {config, "m", false, "", Time()});
  if (!again) std::abort();
  return 0;
}
