// The table of commands below `taut helm`, with helm's own names and flags.
#include <fmt/format.h>

#include <cstdio>

#include "cli/all.hh"
#include "cli/helm_commands.hh"

namespace taut::cli {
namespace {

constexpr CommandRow kHelmCommands[] = {
    {"template", "[NAME] CHART", "Render a chart as helm does",
     "Renders a chart, a folder or a packed one, with helm's flags and helm's output, without helm and without a\n"
     "cluster.\n\n"
     "Examples:\n"
     "  taut helm template web ./charts/web -f values.yaml --set replicas=3\n"
     "  taut helm template web web-1.2.3.tgz --kube-version 1.33.0 --show-only templates/deployment.yaml",
     make_helm_template},
};

}  // namespace

int print_helm_error(const Error& error) {
  std::fflush(stdout);
  fmt::print(stderr, "Error: {}\n", error.message());
  if (!error.hint().empty()) fmt::print(stderr, "\n{}\n", error.hint());
  return kFailed;
}

std::span<const CommandRow> helm_commands() { return kHelmCommands; }

}  // namespace taut::cli
