// Any text as a JSONPath: it parses or is refused, and ends on an object within its limits.
#include <string_view>

#include "lang/jsonpath/jsonpath.hh"
#include "value/json.hh"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  auto path = taut::jsonpath::Template::parse(text);
  if (!path) return 0;
  static const taut::Value kObject = *taut::parse_json(
      R"({"kind":"List","items":[{"name":"a","n":1,"x":[1,2,3]},{"name":"b","n":2.5,"x":[]},null],"labels":{"a.b/c":"d"},"t":true})");
  (void)path->print(kObject, {.most = 20'000});
  (void)path->print(kObject, {.allow_missing_keys = true, .most = 20'000});
  return 0;
}
