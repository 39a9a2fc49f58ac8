#include "yaml/split.hh"

#include "base/strings.hh"

namespace taut {

Result<std::vector<YamlPart>> split_kubernetes_documents(std::string_view text) {
  std::vector<YamlPart> parts;
  size_t start = 0;
  uint32_t line = 1, first_line = 1;
  auto flush = [&](size_t end, size_t next, uint32_t next_line) {
    if (end > start) parts.push_back({text.substr(start, end - start), first_line});
    // A separator before which nothing stands belongs to the part that it starts.
    if (end > start) start = next, first_line = next_line;
  };
  for (size_t at = 0; at < text.size(); ++line) {
    size_t end = text.find('\n', at);
    size_t next = end == std::string_view::npos ? text.size() : end + 1;
    std::string_view row = text.substr(at, next - at);
    if (row.starts_with("---")) {
      std::string_view behind = trim(row.substr(3));
      if (!behind.empty() && behind[0] != '#')
        return fail(Error(Code::kInvalid, "invalid Yaml document separator: " + std::string(behind))
                        .at({"", line, 1, ""}));
      flush(at, next, line + 1);
    }
    at = next;
  }
  flush(text.size(), text.size(), line);
  return parts;
}

}  // namespace taut
