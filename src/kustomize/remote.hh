// What kustomizations name on the network: Git repositories and files.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/result.hh"
#include "tree/tree.hh"

namespace taut::kustomize {

// An http or https URL, whatever is there.
bool is_http_url(std::string_view path);

// A folder of a Git repository, as "https://github.com/org/repo//path?ref=v1" names it.
struct RemoteFolder {
  std::string repository;  // what is cloned: "https://github.com/org/repo"
  std::string path;        // in it; "" for its root
  std::string ref;         // a branch, tag or commit; "" for the default branch
};

// By kustomize's rules (5.8.1, api/internal/git): https, ssh and file URLs, "git@host:org/repo", "github.com/org/repo";
// the repository ends at "_git/NAME", "//", ".git" or after two words. Nothing for what is a local path.
std::optional<RemoteFolder> parse_git_url(std::string_view url);
bool is_git_url(std::string_view path);

// How the error of a server that refuses a file begins.
inline constexpr std::string_view kHttpError = "HTTP Error";

// Who fetches that. Calls may block.
class Remotes {
 public:
  virtual ~Remotes() = default;
  // The commit that a ref names now.
  virtual Result<std::string> resolve(const std::string& repository, const std::string& ref) = 0;
  // The files of a commit, with those of its submodules.
  virtual Result<TreePtr> tree(const std::string& repository, const std::string& commit) = 0;
  // What an http or https URL holds. An answer that is no success is kNotFound with the message "status code 404 (Not Found)".
  virtual Result<std::string> file(const std::string& url) = 0;
};

}  // namespace taut::kustomize
