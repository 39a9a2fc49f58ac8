// Shell completion, made from the table of commands.
#include <fmt/format.h>

#include <algorithm>

#include "base/strings.hh"
#include "cli/all.hh"
#include "cli/terminal.hh"

namespace taut::cli {
namespace {

void add_words(const CommandRow& row, std::vector<std::string>& words) {
  auto add = [&](std::string word) {
    if (std::ranges::find(words, word) == words.end()) words.push_back(std::move(word));
  };
  if (row.children != nullptr) {
    for (const CommandRow& child : row.children()) {
      add(std::string(child.name));
      add_words(child, words);
    }
    return;
  }
  auto command = row.make();
  Flags flags;
  command->declare(flags);
  for (const auto& flag : flags.all()) add("--" + std::string(flag.name));
}

// The flags of a command, and the names and flags of those below it.
std::vector<std::string> words_of(const CommandRow& row) {
  std::vector<std::string> words;
  add_words(row, words);
  words.push_back("--help");
  return words;
}

std::vector<std::string_view> command_names() {
  std::vector<std::string_view> names;
  for (const CommandRow& row : commands()) names.push_back(row.name);
  return names;
}

std::string bash_script() {
  std::string out =
      "# bash completion for taut; load with: source <(taut completion bash)\n"
      "_taut() {\n"
      "  local word=${COMP_WORDS[COMP_CWORD]} words\n"
      "  case ${COMP_WORDS[1]} in\n";
  for (const CommandRow& row : commands())
    out += fmt::format("    {}) words=\"{}\" ;;\n", row.name, join(words_of(row), " "));
  out += fmt::format("    *) words=\"{}\" ;;\n", join(command_names(), " "));
  out +=
      "  esac\n"
      "  [ \"$COMP_CWORD\" -eq 1 ] && words=\"" +
      join(command_names(), " ") +
      "\"\n"
      "  COMPREPLY=($(compgen -W \"$words\" -- \"$word\") $([ \"$COMP_CWORD\" -gt 1 ] && compgen -f -- \"$word\"))\n"
      "}\n"
      "complete -F _taut taut\n";
  return out;
}

std::string zsh_script() {
  std::string out = "#compdef taut\n# zsh completion for taut; load with: source <(taut completion zsh)\n_taut() {\n";
  out += "  local -a commands=(\n";
  for (const CommandRow& row : commands())
    out += fmt::format("    '{}:{}'\n", row.name, replace_all(row.summary, "'", ""));
  out += "  )\n  (( CURRENT == 2 )) && { _describe command commands; return }\n  case $words[2] in\n";
  for (const CommandRow& row : commands())
    out += fmt::format("    {}) compadd -- {} ;;\n", row.name, join(words_of(row), " "));
  return out + "  esac\n  _files\n}\ncompdef _taut taut\n";
}

std::string fish_script() {
  std::string out = "# fish completion for taut; load with: taut completion fish | source\n";
  for (const CommandRow& row : commands()) {
    out += fmt::format("complete -c taut -n __fish_use_subcommand -f -a {} -d '{}'\n", row.name,
                       replace_all(row.summary, "'", ""));
    for (const std::string& word : words_of(row)) {
      bool flag = word.starts_with("--");
      out += fmt::format("complete -c taut -n '__fish_seen_subcommand_from {}' {} {}\n", row.name, flag ? "-l" : "-a",
                         flag ? word.substr(2) : word);
    }
  }
  return out;
}

class Completion : public Command {
 public:
  void declare(Flags&) override {}
  int run(const std::vector<std::string>& arguments) override {
    auto script = completion_script(arguments.empty() ? "" : arguments[0]);
    if (!script) {
      print_error(script.error());
      return kMisused;
    }
    fmt::print("{}", *script);
    return kDone;
  }
};

}  // namespace

Result<std::string> completion_script(std::string_view shell) {
  if (shell == "bash") return bash_script();
  if (shell == "zsh") return zsh_script();
  if (shell == "fish") return fish_script();
  return fail(Code::kInvalid, "which shell? One of: bash, zsh, fish");
}

std::unique_ptr<Command> make_completion() { return std::make_unique<Completion>(); }

}  // namespace taut::cli
