// The table of commands. Help, completion and dispatch derive from it.
#include "cli/all.hh"

namespace taut::cli {
namespace {

constexpr CommandRow kCommands[] = {
    {"completion", "bash|zsh|fish", "Print a completion script for your shell",
     "Prints a completion script for your shell.\n\nExample:\n  source <(taut completion bash)", make_completion},
    {"version", "", "Print the version", "", make_version},
};

}  // namespace

std::span<const CommandRow> commands() { return kCommands; }

}  // namespace taut::cli
