// The sample repository of the demo: the files of examples/, compiled in, as a local Git repository.
#pragma once

#include <string>

#include "base/result.hh"
#include "io/git/workspace.hh"
#include "value/value.hh"

namespace taut::cli {

class Shop {
 public:
  // Makes the repository in `folder`/shop.git with a first commit.
  static Result<Shop> create(const std::string& folder);

  const std::string& url() const { return url_; }
  size_t files() const { return files_; }
  // The Application of Applications, for this repository.
  const Value& root_application() const { return root_; }

  struct Change {
    std::string sha;
    std::string message;
  };
  // Replaces a piece of text in a file, or removes the file, and commits. kInternal when the text is not there:
  // the examples and the demo must agree.
  Result<Change> edit(const std::string& file, const std::string& from, const std::string& to,
                      const std::string& message);
  Result<Change> remove(const std::string& file, const std::string& message);

 private:
  Shop(git::GitWorkspace workspace, std::string url) : workspace_(std::move(workspace)), url_(std::move(url)) {}
  Result<Change> commit(const git::FileChanges& changes, const std::string& message);

  git::GitWorkspace workspace_;
  std::string url_;
  size_t files_ = 0;
  Value root_;
};

}  // namespace taut::cli
