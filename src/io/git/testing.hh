// What the tests of this room share: a folder that goes away, and a repository to fetch from.
#pragma once

#include <stdlib.h>

#include <filesystem>
#include <string>

#include "io/git/repositories.hh"
#include "io/git/workspace.hh"

namespace taut::git {

class TempFolder {
 public:
  TempFolder() {
    std::string name = (std::filesystem::temp_directory_path() / "taut-git-XXXXXX").string();
    path_ = ::mkdtemp(name.data());
  }
  ~TempFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  std::string operator/(const char* name) const { return path_ + "/" + name; }

 private:
  std::string path_;
};

// A bare repository with one commit, and a GitRepositories that knows nothing yet.
struct Sample {
  TempFolder temp;
  std::string url = temp / "origin.git";
  GitWorkspace origin = *GitWorkspace::init(url);
  std::string first = *origin.commit("main",
                                     {{"README.md", "sample"},
                                      {"apps/a/web.yaml", "kind: A\n"},
                                      {"apps/a/run.sh", "#!/bin/sh\n"},
                                      {"apps/b/web.yaml", "kind: B\n"}},
                                     {.message = "first\n",
                                      .name = "Ann",
                                      .email = "ann@example.org",
                                      .time = Time(std::chrono::seconds(1'700'000'000))});
  GitRepositories repositories{Options{.directory = temp / "stores"}};

  std::string commit(FileChanges changes, std::string branch = "main") {
    return *origin.commit(branch, changes, {.message = "next\n"});
  }
};

}  // namespace taut::git
