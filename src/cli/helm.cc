// taut helm: charts, with helm's own commands and flags.
#include <fmt/format.h>

#include "cli/all.hh"
#include "cli/helm_template.hh"
#include "cli/terminal.hh"

namespace taut::cli {
namespace {

class Helm : public Command {
 public:
  void declare(Flags& flags) override { template_.declare(flags); }

  int run(const std::vector<std::string>& arguments) override {
    if (arguments.empty() || arguments[0] != "template") return misused("which command? taut helm template");
    std::vector<std::string> rest(arguments.begin() + 1, arguments.end());
    if (rest.empty() || rest.size() > 2) return misused("taut helm template takes [NAME] CHART");
    auto output = template_.run(rest);
    for (const std::string& warning : template_.warnings()) fmt::print(stderr, "{}\n", warning);
    if (!output) {
      // In helm's own form, which scripts look for.
      fmt::print(stderr, "Error: {}\n", output.error().message());
      if (!output.error().hint().empty()) fmt::print(stderr, "\n{}\n", output.error().hint());
      return kFailed;
    }
    fmt::print("{}", *output);
    return kDone;
  }

 private:
  static int misused(std::string_view message) {
    print_error(message);
    return kMisused;
  }

  HelmTemplate template_;
};

}  // namespace

std::unique_ptr<Command> make_helm() { return std::make_unique<Helm>(); }

}  // namespace taut::cli
