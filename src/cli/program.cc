// Dispatch, help and the words for wrong use.
#include <fmt/format.h>

#include <algorithm>
#include <cstdio>

#include "base/strings.hh"
#include "cli/command.hh"
#include "cli/terminal.hh"

namespace taut::cli {
namespace {

const CommandRow* find_command(std::string_view name) {
  auto rows = commands();
  auto at = std::find_if(rows.begin(), rows.end(), [&](const CommandRow& row) { return row.name == name; });
  return at == rows.end() ? nullptr : &*at;
}

size_t distance(std::string_view a, std::string_view b) {
  std::vector<size_t> row(b.size() + 1);
  for (size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (size_t i = 1; i <= a.size(); ++i) {
    size_t corner = row[0];
    row[0] = i;
    for (size_t j = 1; j <= b.size(); ++j) {
      size_t kept = row[j];
      row[j] = std::min({row[j] + 1, row[j - 1] + 1, corner + (a[i - 1] != b[j - 1])});
      corner = kept;
    }
  }
  return row[b.size()];
}

void print_overview(FILE* to) {
  fmt::print(to, "taut keeps Kubernetes clusters equal to Git.\n\nUsage:\n  taut COMMAND [flags]\n\nCommands:\n");
  for (const CommandRow& row : commands()) fmt::print(to, "  {:<12} {}\n", row.name, row.summary);
  fmt::print(to,
             "\nStart here:\n"
             "  taut demo                  see it work: a cluster, a repository and taut between them\n"
             "  taut render ./manifests    what a folder renders to\n"
             "  taut diff ./manifests      what it would change in the cluster\n"
             "\n\"taut COMMAND --help\" tells more about a command.\n");
}

void print_help(const CommandRow& row, const Flags& flags) {
  fmt::print("{}\n\nUsage:\n  taut {}{}{} [flags]\n", row.details.empty() ? row.summary : row.details, row.name,
             row.arguments.empty() ? "" : " ", row.arguments);
  std::string table = flags.help();
  if (!table.empty()) fmt::print("\nFlags:\n{}", table);
}

int unknown_command(const std::string& name) {
  std::string message = fmt::format("unknown command {} for \"taut\"", quote(name));
  for (const CommandRow& row : commands())
    if (distance(name, row.name) <= 2) message += fmt::format("\n\nDid you mean this?\n\t{}", row.name);
  print_error(message);
  fmt::print(stderr, "Run 'taut --help' for usage.\n");
  return kMisused;
}

int run_command(const CommandRow& row, const std::vector<std::string>& arguments) {
  auto command = row.make();
  Flags flags;
  bool help = false;
  command->declare(flags);
  flags.add("help", 'h', "", "this text", &help);
  auto rest = flags.parse(arguments);
  if (!rest) {
    print_error(rest.error().message());
    fmt::print(stderr, "See 'taut {} --help' for usage.\n", row.name);
    return kMisused;
  }
  if (help) {
    print_help(row, flags);
    return kDone;
  }
  return command->run(*rest);
}

}  // namespace

int run_program(const std::vector<std::string>& arguments) {
  if (arguments.empty() || arguments[0] == "--help" || arguments[0] == "-h" || arguments[0] == "help") {
    if (arguments.size() > 1 && arguments[0] == "help") {
      if (const CommandRow* row = find_command(arguments[1])) return run_command(*row, {"--help"});
      return unknown_command(arguments[1]);
    }
    print_overview(stdout);
    return kDone;
  }
  std::string name = arguments[0] == "--version" ? "version" : arguments[0];
  const CommandRow* row = find_command(name);
  if (row == nullptr) return unknown_command(name);
  return run_command(*row, {arguments.begin() + 1, arguments.end()});
}

}  // namespace taut::cli
