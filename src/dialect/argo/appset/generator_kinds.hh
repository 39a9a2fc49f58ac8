// The kinds of generators, one function each. Internal to the room.
#pragma once

#include <re2/re2.h>

#include "dialect/argo/appset/generators.hh"

namespace taut::argo::appset {

// Each reads the block of its own kind.
Result<ParameterSets> list_parameters(const Value& list, const Value& application_set, World& world);
Result<ParameterSets> cluster_parameters(const Value& clusters, const Value& application_set, World& world);
Result<ParameterSets> git_parameters(const Value& git, const Value& application_set, World& world);
Result<ParameterSets> matrix_parameters(const Value& matrix, const Value& application_set, World& world);
Result<ParameterSets> merge_parameters(const Value& merge, const Value& application_set, World& world);
Result<ParameterSets> pull_request_parameters(const Value& generator, const Value& application_set, World& world);
Result<ParameterSets> scm_parameters(const Value& generator, const Value& application_set, World& world);
Result<ParameterSets> plugin_parameters(const Value& plugin, const Value& application_set, World& world);
Result<ParameterSets> decision_parameters(const Value& generator, const Value& application_set, World& world);

// A key of a Secret, which must be one for servers of repositories where `strict` (GetSecretRef of Argo CD 3.5).
Result<std::string> secret_text(Outside& outside, const std::string& name, const std::string& key, bool strict = false);
// The server that a block names (`github`, `gitlab`, `gitea` with api, tokenRef or appSecretName, insecure), ready to be
// asked, unless the ScmRules forbid it. `kind` is the generator's, "scmProvider" or "pullRequest".
struct NamedScm {
  std::string provider;
  const Value* block;
  std::shared_ptr<Scm> scm;
};
Result<NamedScm> named_scm(const Value& generator, std::string_view kind, World& world);
// A key of an item that is a regular expression, or nothing.
Result<std::shared_ptr<const re2::RE2>> expression_of(const Value& item, std::string_view key, std::string_view what);

// A generator inside a matrix or merge, filled in with `parameters` first if there are any.
Result<ParameterSets> child_parameters(const Value& generator, const Value& application_set, const Value& parameters, World& world);

// "ApplicationSet is empty".
Failure empty_generator();

}  // namespace taut::argo::appset
