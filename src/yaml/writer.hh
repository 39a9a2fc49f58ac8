// YAML out: byte for byte what sigs.k8s.io/yaml.Marshal (JSON, then go-yaml v2's emitter) writes, which is what
// kubectl, kustomize, Helm and Argo CD print: keys in natural order ("a2" before "a10"), lists not indented,
// text that would read as something else in double quotes, long plain and quoted text folded at column 80, text
// with line feeds as a literal block.
#pragma once

#include <string>
#include <string_view>

#include "value/value.hh"

namespace taut {

enum class YamlForm : uint8_t {
  kSigs,   // as above
  kByBytes,  // as kSigs, but keys by their bytes, as go-yaml v2 prints a sorted MapSlice
  kGoV3,   // go-yaml v3 with SetIndent(2), without JSON on the way: lists indented, nothing folded, floats stay floats
};

// One document, ending with a line feed, without "---".
std::string to_yaml(const Value& value, YamlForm form = YamlForm::kSigs);
void append_yaml(const Value& value, std::string& out, YamlForm form = YamlForm::kSigs);

// go-yaml's natural order of keys: runs of digits by number, letters behind all else.
bool yaml_key_less(std::string_view a, std::string_view b, YamlForm form = YamlForm::kSigs);

}  // namespace taut
