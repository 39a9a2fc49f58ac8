// Which Applications and ApplicationSets a push or a pull request event is about (util/webhook and
// applicationset/webhook, Argo CD 3.5).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "value/value.hh"

namespace taut::argo {

// What a Git server told.
struct Push {
  enum class Kind : uint8_t { kNothing, kPush, kPullRequest };
  Kind kind = Kind::kNothing;        // kNothing: well-formed, but of no concern, as a ping
  std::vector<std::string> urls;     // of the repository, as web pages and for cloning
  std::string revision;              // branch or tag, without refs/heads/
  bool touches_head = false;         // the default branch, or it cannot be told
  std::vector<std::string> files;    // added, changed or removed; empty: not known
  // Of a pull request.
  std::string provider;              // "github", "gitlab", "gitea", ...
  std::string owner, repository;     // in a URL's path; for GitLab the project with its groups is in `repository`
  std::string project_id;            // GitLab's number
};

// Two spellings of one repository: https, ssh or scp-like, with or without user, port, "ssh." or ".git", in any case.
bool same_repository(std::string_view a, std::string_view b);

// "refs/heads/main" is "main", "refs/tags/v1" is "v1".
std::string short_ref(std::string_view ref);

// Whether an Application follows what was pushed: one of its sources is the repository at the revision (by name, as
// HEAD, or as a range of versions that the tag is in), and the files are within its manifest-generate-paths.
bool push_concerns(const Value& application, const Push& push);

// Whether a generator of the ApplicationSet, inside others too, looks at the repository: a git generator at the pushed
// revision, a pullRequest generator of the repository.
bool push_concerns_set(const Value& application_set, const Push& push);

}  // namespace taut::argo
