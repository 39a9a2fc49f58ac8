// The port to Git repositories.
//
// Calls may fetch from the network and block; all methods are thread-safe. Errors: kUnavailable or kTimeout when
// the remote does not answer, kUnauthenticated when it refuses the credentials, kNotFound when the repository,
// the revision or the commit does not exist. Credentials never appear in an error.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hh"
#include "base/time.hh"
#include "tree/tree.hh"

namespace taut {

struct Commit {
  std::string sha;
  std::string author;  // "Name <email>"
  std::string message;
  Time time{};
};

// A commit or tag of Git with the signature that it carries.
struct SignedObject {
  std::string sha;        // its own
  std::string commit;     // that it names; a commit names itself
  std::string text;       // what is signed: the object without the signature
  std::string signature;  // armored; empty: it is not signed
};

// A repository as one project sees it, with the credentials that are only that project's: "project+team+https://...".
// Where a project has none of its own, it is the repository as everybody sees it.
std::string in_project(std::string_view project, std::string_view url);
struct ProjectUrl {
  std::string project;  // empty: everybody's
  std::string url;
};
// What such a name, or a plain URL, says.
ProjectUrl split_project(std::string_view name);

class Repositories {
 public:
  virtual ~Repositories() = default;
  // The commit that a revision names now: branch, tag, semver range over tags, full or short SHA, HEAD or "",
  // refs/... Asks the remote for its refs only. A full SHA is returned as it is.
  virtual Result<std::string> resolve(const std::string& url, const std::string& revision) = 0;
  // The files of a commit, fetched when they are not here yet.
  virtual Result<TreePtr> tree(const std::string& url, const std::string& sha) = 0;
  // The same with the files of its submodules, and of theirs, where they have their place. What of them cannot be had is told
  // when it is read.
  virtual Result<TreePtr> tree_with_submodules(const std::string& url, const std::string& sha) { return tree(url, sha); }
  // Paths that differ between two commits.
  virtual Result<std::vector<std::string>> changed_paths(const std::string& url, const std::string& from,
                                                         const std::string& to) = 0;
  // All refs of the remote by their full names ("refs/heads/main", "refs/tags/v1"), each with its commit.
  virtual Result<std::map<std::string, std::string>> refs(const std::string& url) {
    return fail(Code::kUnsupported, "{}: refs cannot be listed", url);
  }
  virtual Result<Commit> commit(const std::string& url, const std::string& sha) = 0;
  virtual Result<SignedObject> signed_commit(const std::string& url, const std::string&) {
    return fail(Code::kUnsupported, "{}: signatures cannot be read", url);
  }
  // What a tag names, by its short name; kNotFound for a tag that is but a name for a commit.
  virtual Result<SignedObject> signed_tag(const std::string& url, const std::string&) {
    return fail(Code::kUnsupported, "{}: signatures cannot be read", url);
  }
  // What an http or https URL holds. An answer that is no success is kNotFound, "status code 404 (Not Found)".
  virtual Result<std::string> download(const std::string& url) {
    return fail(Code::kUnsupported, "Get \"{}\": files are not fetched", url);
  }
};

}  // namespace taut
