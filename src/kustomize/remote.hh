// Which entries of a kustomization mean something on the network.
#pragma once

#include <string>
#include <string_view>

namespace taut::kustomize {

// An http or https URL, whatever is there.
bool is_http_url(std::string_view path);

// A Git repository by kustomize's rules (5.8.1, api/internal/git): https, ssh and file URLs, "git@host:org/repo",
// "github.com/org/repo//path?ref=v1". False for what is a local path.
bool is_git_url(std::string_view path);

}  // namespace taut::kustomize
