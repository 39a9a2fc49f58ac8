// Any bytes as JSON: what is read is written and read back the same; patches never change their input.
#include <string>
#include <string_view>

#include "value/diff.hh"
#include "value/json.hh"
#include "value/patch.hh"
#include "yaml/reader.hh"

namespace {

void check(bool holds) {
  if (!holds) __builtin_trap();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  std::string_view text(reinterpret_cast<const char*>(data), size);
  auto value = taut::parse_json(text, {.max_depth = 100});
  if (!value) {
    check(!value.error().message().empty());
    return 0;
  }
  std::string written = taut::to_json(*value), indented = taut::to_json(*value, {.escape_html = true, .indent = "  "});
  auto again = taut::parse_json(written), wide = taut::parse_json(indented);
  check(again && *again == *value && again->hash() == value->hash());
  check(wide && *wide == *value);

  // YAML reads JSON, but for long keys and a few characters.
  auto yaml = taut::parse_yaml_document(written, {.max_depth = 1000});
  if (yaml && written.find('\xC2') == std::string::npos) check(yaml->root == *value);

  const taut::Value &first = (*value)[0], &second = (*value)[1];
  taut::Value before = first;
  if (auto patched = taut::apply_json_patch(first, second); !patched) check(!patched.error().message().empty());
  taut::Value merged = taut::apply_merge_patch(first, second);
  check(first == before);
  check(taut::diff(first, merged).empty() == (first == merged));
  if (first.is_map() && merged.is_map()) {
    // Nulls that a patch cannot express apart, the made patch leads there.
    taut::Value made = taut::apply_merge_patch(first, taut::make_merge_patch(first, merged));
    if (taut::to_json(merged).find("null") == std::string::npos) check(made == merged);
  }
  return 0;
}
