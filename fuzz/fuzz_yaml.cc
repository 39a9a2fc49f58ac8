// Any bytes as YAML: the fast path and the full grammar agree on values, places and refusals, and what is written
// reads back as it was.
#include <string>
#include <string_view>

#include "value/json.hh"
#include "yaml/reader.hh"
#include "yaml/writer.hh"

namespace {

using taut::Document;
using taut::Entry;
using taut::Value;
using taut::YamlOptions;

void check(bool holds) {
  if (!holds) __builtin_trap();
}

void same_places(const Document& a, const Document& b, const Value& value, const std::string& pointer, int& left) {
  if (--left < 0) return;
  check(a.place(pointer) == b.place(pointer));
  check(a.key_place(pointer) == b.key_place(pointer));
  for (const Entry& entry : value.entries())
    if (entry.key().find_first_of("/~") == std::string_view::npos)
      same_places(a, b, entry.value, pointer + "/" + entry.name.str(), left);
  for (size_t i = 0; value.is_list() && i < value.size(); ++i)
    same_places(a, b, value[i], pointer + "/" + std::to_string(i), left);
}

// Go's way through JSON changes or refuses some characters on writing, and writes the key "<<" without quotes.
bool survives_writing(std::string_view json) {
  for (std::string_view bad : {"\x7F", "\xC2\x80", "\\u2028", "\\u2029", "\xEF\xBF\xBE", "\xEF\xBF\xBF", "\xEF\xBB\xBF", "\"<<\":"})
    if (json.find(bad) != std::string_view::npos) return false;
  for (size_t i = 0; i + 1 < json.size(); ++i)
    if (json[i] == '\xC2' && static_cast<unsigned char>(json[i + 1]) < 0xA0) return false;
  return true;
}

void round_trip(const Value& value) {
  std::string json = taut::to_json(value);
  auto read = taut::parse_json(json);
  check(read.has_value() && *read == value);
  if (!survives_writing(json)) return;
  auto again = taut::parse_yaml_document(taut::to_yaml(value));
  check(again.has_value() && again->root == value);
}

void compare(std::string_view text, YamlOptions options) {
  auto fast = taut::parse_yaml(text, options);
  options.fast_path = false;
  auto full = taut::parse_yaml(text, options);
  check(fast.has_value() == full.has_value());
  if (!fast) {
    check(fast.error().message() == full.error().message());
    check(fast.error().position() == full.error().position());
    return;
  }
  check(fast->size() == full->size());
  for (size_t i = 0; i < fast->size(); ++i) {
    const Document &a = (*fast)[i], &b = (*full)[i];
    check(a.root == b.root && a.empty == b.empty && a.first_line == b.first_line);
    int left = 200;
    if (!a.root.is_null()) same_places(a, b, a.root, "", left);
    round_trip(a.root);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  std::string_view text(reinterpret_cast<const char*>(data), size);
  compare(text, {.max_depth = 100});
  compare(text, {.schema = taut::Schema::kGoV3, .max_depth = 100});
  (void)taut::parse_yaml(text, {.split = taut::YamlSplit::kKubernetes, .reject_duplicate_keys = false, .max_depth = 100});
  return 0;
}
