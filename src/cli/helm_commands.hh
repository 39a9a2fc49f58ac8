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

// "Error: ..." on standard error, in helm's own form, which scripts look for. Returns the exit code.
int print_helm_error(const Error& error);

}  // namespace taut::cli
