#include <csignal>

#include "cli/command.hh"

int main(int argc, char** argv) {
  std::signal(SIGPIPE, SIG_IGN);
  return taut::cli::run_program({argv + 1, argv + argc});
}
