// Two JSON texts with a NUL between, a schema and a value: compiling and checking end.
#include <string_view>

#include "lang/jsonschema/schema.hh"
#include "value/json.hh"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  std::string_view text(reinterpret_cast<const char*>(data), size);
  size_t cut = text.find('\0');
  auto document = taut::parse_json(text.substr(0, cut), {.max_depth = 100});
  if (!document) return 0;
  auto schema = taut::jsonschema::Schema::compile(*document);
  if (!schema) return 0;
  auto value = taut::parse_json(cut == text.npos ? "{}" : text.substr(cut + 1), {.max_depth = 100});
  if (!value) return 0;
  if (auto failure = schema->check(*value); failure && failure->text().empty()) __builtin_trap();
  return 0;
}
