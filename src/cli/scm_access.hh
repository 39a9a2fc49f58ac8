// How ApplicationSets reach servers of repositories and plugins.
#pragma once

#include "controller/application_sets.hh"
#include "io/scm/github_app.hh"

namespace taut::cli {

// POSTs to `<url>/api/v1/getparams.execute` with the token, as Argo CD's plugin client. No token is part of an error.
Result<Value> call_plugin(const argo::appset::PluginCall& call);

// The server of an account; with a token of its GitHub App where it has one.
Result<std::shared_ptr<Scm>> open_scm(ScmAccount account, scm::GitHubAppTokens& tokens);

}  // namespace taut::cli
