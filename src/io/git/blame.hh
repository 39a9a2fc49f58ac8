// Who last touched each line of a file.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.hh"
#include "io/git/program.hh"

namespace taut::git {

struct BlamedLine {
  std::string sha;      // forty zeros for what is not committed yet
  std::string author;   // "Ann"
  std::string email;    // "ann@acme.io"
  Time time{};          // of the author
  std::string summary;  // the first line of the message
  bool operator==(const BlamedLine&) const = default;
};

// From `git blame --porcelain`; one entry a line of the file. kInvalid when it is not that.
Result<std::vector<BlamedLine>> parse_blame(std::string_view porcelain);

// Of a file as it lies in a work tree; `path` from its root. kNotFound when the folder is in no repository.
Result<std::vector<BlamedLine>> blame_work_tree(const Program& program, const std::string& root, const std::string& path);

// The root of the work tree that a folder lies in; nothing when it lies in none.
std::optional<std::string> work_tree_of(const std::string& folder);

}  // namespace taut::git
