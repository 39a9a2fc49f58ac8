// The file formats of SOPS: text to trees and back.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.hh"
#include "lang/sops/node.hh"
#include "lang/sops/sops.hh"

namespace taut::sops {

struct File {
  std::vector<Node> documents;  // without the metadata; all but YAML's have one
  Value metadata;               // of the first
};

// kInvalid in the words of SOPS and of the formats' readers; "sops metadata not found".
Result<File> load(std::string_view text, Format format);

// kInvalid for what a format cannot hold.
Result<std::string> emit(const File& file, Format format);

// In yaml_store.cc.
Result<std::vector<Node>> load_yaml(std::string_view text);
// `text` with its encrypted values, comments and metadata replaced where they stand, so that all else stays as it is;
// where that cannot be done, the documents printed anew. `key`: the data key, for the comments.
std::string emit_yaml(const File& file, std::string_view text, std::string_view key);
std::string print_yaml(const File& file);

}  // namespace taut::sops
