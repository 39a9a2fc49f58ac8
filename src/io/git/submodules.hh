// What .gitmodules says: where the submodules of a commit come from.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.hh"
#include "io/git/credentials.hh"

namespace taut::git {

struct Submodule {
  std::string path;  // clean, in the tree
  std::string url;   // as it is written: may be relative to the parent's
};

// Of what `git config --list -z` says of .gitmodules. Those without a URL or with a path that is none are left out, as those
// are that no commit can have.
std::vector<Submodule> parse_submodules(std::string_view listing);

// Where a submodule comes from: "./" and "../" at the beginning are relative to the parent's repository. kInvalid when they lead
// out of the server; kForbidden for a path of this machine, unless the parent is one.
Result<Remote> submodule_remote(const Remote& parent, const std::string& url);

// Whether what opens one may be shown to the other: the same server by the same protocol.
bool same_server(const Remote& a, const Remote& b);

}  // namespace taut::git
