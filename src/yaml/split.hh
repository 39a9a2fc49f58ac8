// Splitting a file into documents by lines, as Kubernetes tools do before they parse.
#pragma once

#include <string_view>
#include <vector>

#include "base/result.hh"

namespace taut {

struct YamlPart {
  std::string_view text;
  uint32_t first_line = 1;
};

// apimachinery's YAMLReader: parts end at lines that start with "---"; behind it only a comment may stand.
Result<std::vector<YamlPart>> split_kubernetes_documents(std::string_view text);

}  // namespace taut
