// The unpacked corpus: files of recorded cases, read only through their own indexes.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "base/result.hh"
#include "value/value.hh"

namespace taut::fidelity {

class Corpus {
 public:
  explicit Corpus(std::filesystem::path root) : root_(std::move(root)) {}

  bool has(const std::string& file) const { return std::filesystem::exists(root_ / file); }
  std::filesystem::path path(const std::string& file) const { return root_ / file; }
  // The bytes of one file.
  Result<std::string> text(const std::string& file) const;
  // One JSON document.
  Result<Value> json(const std::string& file) const;
  // The cases of a file: the list at its top, or under "cases"; for .jsonl one a line.
  Result<std::vector<Value>> cases(const std::string& file) const;
  // Every file below a folder that ends in `suffix`, sorted, as paths relative to the root.
  std::vector<std::string> files(const std::string& folder, std::string_view suffix) const;

 private:
  std::filesystem::path root_;
};

}  // namespace taut::fidelity
