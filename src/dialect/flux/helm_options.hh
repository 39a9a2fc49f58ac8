// The settings of a HelmRelease as options of Helm's operations (helm-controller 1.6, internal/action).
#pragma once

#include "dialect/flux/helm_release.hh"
#include "release/operation.hh"

namespace taut::flux {

release::InstallOptions install_options(const Value& object, const HelmRelease& read, release::Rendered from);
// `method`: release::Release::apply_method of the release before, or of the one to go back to, which decides whether the
// server applies unless the spec says it.
release::UpgradeOptions upgrade_options(const Value& object, const HelmRelease& read, release::Rendered from, std::string_view method);
release::RollbackOptions rollback_options(const Value& object, const HelmRelease& read, int64_t version, std::string_view method);
release::UninstallOptions uninstall_options(const Value& object, const std::string& release);
release::TestOptions test_options(const Value& object, const HelmRelease& read);

}  // namespace taut::flux
