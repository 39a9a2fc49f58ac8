// The makers of the commands below `taut helm`, and what they have in common.
#pragma once

#include "base/error.hh"
#include "cli/command.hh"

namespace taut::cli {

std::unique_ptr<Command> make_helm_template();
std::unique_ptr<Command> make_helm_lint();
std::unique_ptr<Command> make_helm_package();
std::unique_ptr<Command> make_helm_pull();
std::unique_ptr<Command> make_helm_show_all();
std::unique_ptr<Command> make_helm_show_chart();
std::unique_ptr<Command> make_helm_show_crds();
std::unique_ptr<Command> make_helm_show_readme();
std::unique_ptr<Command> make_helm_show_values();
std::unique_ptr<Command> make_helm_why();
std::unique_ptr<Command> make_helm_dependency_list();
std::unique_ptr<Command> make_helm_dependency_build();
std::unique_ptr<Command> make_helm_dependency_update();

// Of releases.
std::unique_ptr<Command> make_helm_install();
std::unique_ptr<Command> make_helm_upgrade();
std::unique_ptr<Command> make_helm_verify();
std::unique_ptr<Command> make_helm_rollback();
std::unique_ptr<Command> make_helm_uninstall();
std::unique_ptr<Command> make_helm_test();
std::unique_ptr<Command> make_helm_history();
std::unique_ptr<Command> make_helm_list();
std::unique_ptr<Command> make_helm_status();
std::unique_ptr<Command> make_helm_get_values();
std::unique_ptr<Command> make_helm_get_manifest();
std::unique_ptr<Command> make_helm_get_hooks();
std::unique_ptr<Command> make_helm_get_notes();
std::unique_ptr<Command> make_helm_get_metadata();
std::unique_ptr<Command> make_helm_get_all();

// "Error: ..." on standard error, in helm's own form, which scripts look for. Returns the exit code.
int print_helm_error(const Error& error);

}  // namespace taut::cli
