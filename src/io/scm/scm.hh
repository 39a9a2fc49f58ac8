// GitHub, GitLab and Gitea (also Forgejo) over their HTTP APIs.
#pragma once

#include <memory>

#include "port/scm.hh"

namespace taut::scm {

// Does not connect. kUnsupported for other providers, kInvalid for a bad URL.
Result<std::shared_ptr<Scm>> open(const ScmAccount& account);

}  // namespace taut::scm
