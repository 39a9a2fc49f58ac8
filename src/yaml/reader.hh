// YAML in: text to Documents, with the values and the refusals of Go's yaml as Kubernetes tools use it, and with
// line and column of every key and value.
//
// What is read is what sigs.k8s.io/yaml.YAMLToJSON gives, read back as JSON: integers in all bases, 1.0 as 1,
// keys of any scalar type as text, dates as text (Schema::kGo11) or RFC 3339 (Schema::kGoV3), base64 decoded
// under !!binary; aliases are shared, merge keys applied. Not a number and infinity are refused, as is what YAML
// 1.1 forbids. The errors are go-yaml's: "yaml: line 3: did not find expected key"; their position is exact
// where go-yaml's line is often one off.
//
// Thread-safe. Values keep no reference to `text`.
#pragma once

#include <string_view>
#include <vector>

#include "base/result.hh"
#include "value/document.hh"
#include "yaml/schema.hh"

namespace taut {

enum class YamlSplit : uint8_t {
  // As a YAML stream: `---`, `...` and directives by the grammar.
  kStream,
  // As apimachinery's YAMLReader, which kubectl and Argo CD use: at every line that starts with `---`; of each
  // part only the first YAML document counts.
  kKubernetes,
};

struct YamlOptions {
  Schema schema = Schema::kGo11;
  YamlSplit split = YamlSplit::kStream;
  bool reject_duplicate_keys = true;  // as UnmarshalStrict; otherwise the last one wins, as Unmarshal
  bool first_key_wins = false;        // where duplicates are let through: as who looks a field up in go-yaml's nodes
  size_t max_depth = 1'000;
  size_t max_bytes = size_t{64} << 20;
  // Scalars whose text is not what JSON writes keep it (yaml/spelling.hh). For Schema::kGoV3.
  bool keep_spelling = false;
  bool fast_path = true;  // false: everything by the full grammar; the result is the same
};

// All documents of a text. Empty ones are there, flagged (see Document::empty); a text without any gives none.
Result<std::vector<Document>> parse_yaml(std::string_view text, const YamlOptions& options = {});

// The first document, as Go's yaml.Unmarshal reads it: what follows is not looked at. A text without a document
// gives an empty one.
Result<Document> parse_yaml_document(std::string_view text, const YamlOptions& options = {});

}  // namespace taut
