// The port to a server of repositories, such as GitHub: what it says about repositories and pull requests, beside Git
// itself. Calls block; all methods are thread-safe. Errors: kNotFound for what is not there or may not be seen,
// kUnauthenticated and kForbidden for the token, kUnavailable and kTimeout for the server. No token is part of one.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/result.hh"

namespace taut {

// An installation of a GitHub App: who asks with its private key gets tokens for what it is installed on.
struct GitHubApp {
  int64_t id = 0;
  int64_t installation = 0;  // 0: that of `owner`
  std::string owner;         // an organization's or user's name
  std::string private_key;   // PEM
  std::string api;           // base URL; empty: https://api.github.com
  bool given() const { return !private_key.empty(); }
  bool operator==(const GitHubApp&) const = default;
};

// Who is asked, and as whom.
struct ScmAccount {
  std::string provider;  // "github", "gitlab", "gitea"
  std::string api;       // base URL; empty: the public server of the provider
  std::string token;     // empty: as nobody
  bool insecure = false;
  std::string ca;        // PEM, in place of the system's
  std::string proxy = {};  // empty: as the environment says
  GitHubApp app = {};      // where it is given, its tokens are used
  std::string no_proxy = {};  // hosts that are reached without the proxy, as NO_PROXY has them
};

struct PullRequest {
  int64_t number = 0;
  std::string title;
  std::string branch, target_branch;
  std::string head_sha;
  std::string author;
  std::vector<std::string> labels;
};

struct PullRequestFilter {
  std::vector<std::string> labels;  // all of them
  std::string state;                // GitLab: "opened", "closed", ...; empty: the open ones (all, for GitLab)
};

struct ScmRepository {
  std::string organization;
  std::string repository;
  std::string id;
  std::string url;  // for cloning
  std::string branch;
  std::string sha;
  std::vector<std::string> labels;  // topics
};

struct RepositoryFilter {
  std::string protocol;  // "ssh", "https"; empty: ssh
  bool all_branches = false;
  bool subgroups = false;  // GitLab: of the groups below too
  bool shared = true;      // GitLab: projects that are shared with the group
  std::string topic;       // GitLab
  bool exclude_archived = false;  // GitHub and Gitea
  bool archived = false;          // GitLab: those that are archived, as Argo CD asks for them
};

// A pull request to be opened.
struct Proposal {
  std::string branch, target_branch;
  std::string title, text;
};
struct Proposed {
  std::string url;
  bool opened = false;  // false: it was open already
};

class Scm {
 public:
  virtual ~Scm() = default;
  // `project`: "owner/name"; for GitLab also a number.
  virtual Result<std::vector<PullRequest>> pull_requests(const std::string& project, const PullRequestFilter& filter) = 0;
  // The repositories of an organization or group with their default branches, `sha` empty; archived ones too.
  virtual Result<std::vector<ScmRepository>> repositories(const std::string& owner, const RepositoryFilter& filter) = 0;
  // The repository once for its branch, or for each, with `sha`; none when the branch is not there.
  virtual Result<std::vector<ScmRepository>> branches(const ScmRepository& repository, bool all) = 0;
  // Whether there is a file or folder in the repository's branch.
  virtual Result<bool> has_path(const ScmRepository& repository, const std::string& path) = 0;
  // Writes a comment to a pull request: in place of the one that begins with `marker`, if there is one. Its URL.
  virtual Result<std::string> comment(const std::string& project, int64_t number, const std::string& marker, const std::string& text) = 0;
  // Opens a pull request for a branch of the project itself. One that is open for the same two branches gets this title and text.
  virtual Result<Proposed> propose(const std::string& project, const Proposal& wanted) = 0;
};

}  // namespace taut
