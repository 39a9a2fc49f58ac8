// The makers of all commands, one for each file of this room.
#pragma once

#include "cli/command.hh"

namespace taut::cli {

std::unique_ptr<Command> make_completion();
std::unique_ptr<Command> make_version();

}  // namespace taut::cli
