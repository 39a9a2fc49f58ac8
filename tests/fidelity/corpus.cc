#include "corpus.hh"

#include <algorithm>
#include <fstream>
#include <sstream>

#include "base/strings.hh"
#include "value/json.hh"

namespace taut::fidelity {

Result<std::string> Corpus::text(const std::string& file) const {
  std::ifstream in(root_ / file, std::ios::binary);
  if (!in) return fail(Code::kNotFound, "{} cannot be read", (root_ / file).string());
  std::ostringstream bytes;
  bytes << in.rdbuf();
  return std::move(bytes).str();
}

Result<Value> Corpus::json(const std::string& file) const {
  TAUT_ASSIGN(std::string bytes, text(file));
  auto value = parse_json(bytes);
  if (!value) return fail(std::move(value).error().at({.file = file}));
  return value;
}

Result<std::vector<Value>> Corpus::cases(const std::string& file) const {
  std::vector<Value> out;
  if (file.ends_with(".jsonl")) {
    TAUT_ASSIGN(std::string bytes, text(file));
    for (std::string_view line : split(bytes, '\n')) {
      if (trim(line).empty()) continue;
      TAUT_ASSIGN(Value value, parse_json(line));
      out.push_back(std::move(value));
    }
    return out;
  }
  TAUT_ASSIGN(Value document, json(file));
  const Value& list = document.is_map() ? document["cases"] : document;
  out.assign(list.items().begin(), list.items().end());
  return out;
}

std::vector<std::string> Corpus::files(const std::string& folder, std::string_view suffix) const {
  std::vector<std::string> out;
  std::error_code none;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(root_ / folder, none)) {
    std::string name = std::filesystem::relative(entry.path(), root_).string();
    if (entry.is_regular_file() && name.ends_with(suffix)) out.push_back(std::move(name));
  }
  std::ranges::sort(out);
  return out;
}

}  // namespace taut::fidelity
