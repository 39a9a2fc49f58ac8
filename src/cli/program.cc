// Dispatch, help and the words for wrong use.
#include <fmt/format.h>

#include <algorithm>
#include <cstdio>

#include "base/strings.hh"
#include "cli/command.hh"
#include "cli/terminal.hh"

namespace taut::cli {
namespace {

const CommandRow* find_command(std::span<const CommandRow> rows, std::string_view name) {
  auto at = std::find_if(rows.begin(), rows.end(), [&](const CommandRow& row) {
    auto aliases = split(row.aliases, ' ');
    return row.name == name || (!name.empty() && std::ranges::find(aliases, name) != aliases.end());
  });
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

// `path`: the command as it is called, "helm template".
void print_help(const CommandRow& row, const std::string& path, const Flags& flags) {
  fmt::print("{}\n\nUsage:\n  taut {}{}{} [flags]\n", row.details.empty() ? row.summary : row.details, path,
             row.arguments.empty() ? "" : " ", row.arguments);
  std::string table = flags.help();
  if (!table.empty()) fmt::print("\nFlags:\n{}", table);
}

void print_children(const CommandRow& row, const std::string& path) {
  fmt::print("{}\n\nUsage:\n  taut {} COMMAND [flags]\n\nCommands:\n", row.details.empty() ? row.summary : row.details,
             path);
  for (const CommandRow& child : row.children()) fmt::print("  {:<12} {}\n", child.name, child.summary);
  fmt::print("\n\"taut {} COMMAND --help\" tells more about a command.\n", path);
}

// `path`: the command above, "taut helm".
int unknown_command(const std::string& name, std::span<const CommandRow> rows, const std::string& path) {
  std::string message = fmt::format("unknown command {} for \"{}\"", quote(name), path);
  for (const CommandRow& row : rows)
    if (distance(name, row.name) <= 2) message += fmt::format("\n\nDid you mean this?\n\t{}", row.name);
  print_error(message);
  fmt::print(stderr, "Run '{} --help' for usage.\n", path);
  return kMisused;
}

int run_command(const CommandRow& row, const std::string& path, const std::vector<std::string>& arguments) {
  if (row.children != nullptr) {
    if (arguments.empty() || arguments[0] == "--help" || arguments[0] == "-h") {
      print_children(row, path);
      return arguments.empty() ? kMisused : kDone;
    }
    const CommandRow* child = find_command(row.children(), arguments[0]);
    if (child == nullptr) return unknown_command(arguments[0], row.children(), "taut " + path);
    return run_command(*child, fmt::format("{} {}", path, child->name), {arguments.begin() + 1, arguments.end()});
  }
  auto command = row.make();
  Flags flags;
  bool help = false;
  command->declare(flags);
  flags.add("help", 'h', "", "this text", &help);
  auto rest = flags.parse(arguments);
  if (!rest) {
    print_error(rest.error().message());
    fmt::print(stderr, "See 'taut {} --help' for usage.\n", path);
    return kMisused;
  }
  if (help) {
    print_help(row, path, flags);
    return kDone;
  }
  return command->run(*rest);
}

}  // namespace

int run_program(const std::vector<std::string>& arguments) {
  if (arguments.empty() || arguments[0] == "--help" || arguments[0] == "-h" || arguments[0] == "help") {
    if (arguments.size() > 1 && arguments[0] == "help") {
      const CommandRow* row = find_command(commands(), arguments[1]);
      if (row == nullptr) return unknown_command(arguments[1], commands(), "taut");
      std::vector<std::string> rest(arguments.begin() + 2, arguments.end());
      rest.push_back("--help");
      return run_command(*row, std::string(row->name), rest);
    }
    print_overview(stdout);
    return kDone;
  }
  std::string name = arguments[0] == "--version" ? "version" : arguments[0];
  const CommandRow* row = find_command(commands(), name);
  if (row == nullptr) return unknown_command(name, commands(), "taut");
  return run_command(*row, std::string(row->name), {arguments.begin() + 1, arguments.end()});
}

}  // namespace taut::cli
