// The refs of a remote, and what a revision names among them.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "base/hash.hh"
#include "base/result.hh"

namespace taut::git {

// What `git ls-remote --symref` tells. Cheap to compare by `digest`: a poll that gives the same digest changed
// nothing.
struct RemoteRefs {
  // Full name to commit SHA: "refs/heads/main", "refs/tags/v1" (the commit of an annotated tag, not the tag
  // object).
  std::map<std::string, std::string, std::less<>> commits;
  std::string head;         // commit of HEAD; empty when it names no commit
  std::string head_branch;  // "refs/heads/main"; empty when detached or not told
  Hash128 digest;

  std::vector<std::string> tags() const;  // short names, sorted
};

RemoteRefs parse_refs(std::string_view ls_remote_output);

// 40 or 64 hex digits: taken as it is.
bool is_full_sha(std::string_view revision);
// 7 to 39 hex digits.
bool is_short_sha(std::string_view revision);

// The commit that a revision names among the refs: "" and HEAD, full ref names, tags, branches, a semver range over
// the tags (the highest that matches), a short SHA of an advertised commit. As Argo CD, a version range wins over a
// branch of that name if a tag matches it. Empty when nothing is named; the caller makes the error.
std::string resolve(const RemoteRefs& refs, std::string_view revision);

}  // namespace taut::git
