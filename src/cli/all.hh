// The makers of all commands, one for each file of this room.
#pragma once

#include "cli/command.hh"

namespace taut::cli {

std::unique_ptr<Command> make_apply();
std::unique_ptr<Command> make_completion();
std::unique_ptr<Command> make_demo();
std::unique_ptr<Command> make_diff();
std::unique_ptr<Command> make_get();
std::unique_ptr<Command> make_history();
std::unique_ptr<Command> make_kustomize();
std::unique_ptr<Command> make_preview();
std::unique_ptr<Command> make_promote();
std::unique_ptr<Command> make_render();
std::unique_ptr<Command> make_rollback();
std::unique_ptr<Command> make_sandbox();
std::unique_ptr<Command> make_serve();
std::unique_ptr<Command> make_sync();
std::unique_ptr<Command> make_version();
std::unique_ptr<Command> make_why();

// The commands below `taut helm` (helm.cc).
std::span<const CommandRow> helm_commands();

}  // namespace taut::cli
