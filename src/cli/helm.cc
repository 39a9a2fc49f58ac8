// The table of commands below `taut helm`, with helm's own names and flags.
#include <fmt/format.h>

#include <cstdio>

#include "cli/all.hh"
#include "cli/helm_commands.hh"

namespace taut::cli {
namespace {

constexpr CommandRow kDependencyCommands[] = {
    {"list", "[CHART]", "List the dependencies of a chart, and whether charts/ holds them", "", make_helm_dependency_list, nullptr, "ls"},
    {"build", "[CHART]", "Bring into charts/ what Chart.lock says",
     "Brings the charts that Chart.lock names into charts/; without a lock, as update. A lock that does not belong to\n"
     "Chart.yaml is refused.",
     make_helm_dependency_build},
    {"update", "[CHART]", "Bring into charts/ what Chart.yaml asks for, and write Chart.lock",
     "Takes the newest versions that Chart.yaml allows, from repositories by URL or by the names that `helm repo add`\n"
     "gave (@NAME), OCI registries and folders (file://), and writes Chart.lock.",
     make_helm_dependency_update, nullptr, "up"},
};

constexpr CommandRow kHelmCommands[] = {
    {"dependency", "list|build|update [CHART]", "The charts that a chart depends on", "", nullptr,
     [] { return std::span<const CommandRow>(kDependencyCommands); }, "dep dependencies"},
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
