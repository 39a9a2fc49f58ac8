// ignoreDifferences, as Applications and argocd-cm have them. Internal to the room.
#pragma once

#include <string>
#include <vector>

#include "plan/ignore.hh"
#include "value/value.hh"

namespace taut::argo {

// {group, kind, name, namespace, jsonPointers, jqPathExpressions, managedFieldsManagers}; expressions that do not
// compile are left out and told in `errors`: "spec.ignoreDifferences[0].jqPathExpressions[1]: ...".
plan::IgnoreRule read_ignore_rule(const Value& rule, const std::string& path, std::vector<std::string>& errors);

}  // namespace taut::argo
