// How ApplicationSets reach servers of repositories and plugins.
#pragma once

#include "controller/application_sets.hh"

namespace taut::cli {

// POSTs to `<url>/api/v1/getparams.execute` with the token, as Argo CD's plugin client. No token is part of an error.
Result<Value> call_plugin(const argo::appset::PluginCall& call);

}  // namespace taut::cli
