// What a command of the program is: a row in a visible table (commands.cc) that makes an object with its options.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "cli/flags.hh"

namespace taut::cli {

// Exit codes, as kubectl's: 0 done, 1 failed (for `diff`: there are differences), 2 and above used wrongly or,
// for `diff`, failed.
constexpr int kDone = 0;
constexpr int kFailed = 1;
constexpr int kMisused = 2;

class Command {
 public:
  virtual ~Command() = default;
  virtual void declare(Flags& flags) = 0;
  // `arguments` are what the flags left over. Returns the exit code.
  virtual int run(const std::vector<std::string>& arguments) = 0;
};

struct CommandRow {
  std::string_view name;
  std::string_view arguments;  // "APP [ID]", for the usage line
  std::string_view summary;    // one line
  std::string_view details;    // paragraphs and examples
  std::unique_ptr<Command> (*make)();
  // The commands below this one (`taut helm template`), in which case `make` is not asked.
  std::span<const CommandRow> (*children)() = nullptr;
  std::string_view aliases = {};  // other names, with blanks between
};

// All commands, in the order of the help.
std::span<const CommandRow> commands();

// Runs the program: finds the command, parses its flags, prints help and errors. Returns the exit code.
int run_program(const std::vector<std::string>& arguments);

// A completion script for a shell ("bash", "zsh", "fish"), made from the table.
Result<std::string> completion_script(std::string_view shell);

}  // namespace taut::cli
