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

constexpr CommandRow kShowCommands[] = {
    {"all", "CHART", "All that a chart says of itself", "", make_helm_show_all},
    {"chart", "CHART", "Chart.yaml", "", make_helm_show_chart},
    {"crds", "CHART", "The definitions of crds/", "", make_helm_show_crds},
    {"readme", "CHART", "The README", "", make_helm_show_readme},
    {"values", "CHART", "values.yaml", "", make_helm_show_values},
};

constexpr CommandRow kGetCommands[] = {
    {"all", "RELEASE", "Everything about a release", "", make_helm_get_all},
    {"hooks", "RELEASE", "The hooks of a release", "", make_helm_get_hooks},
    {"manifest", "RELEASE", "The objects of a release", "", make_helm_get_manifest},
    {"metadata", "RELEASE", "Chart, revision and state of a release", "", make_helm_get_metadata},
    {"notes", "RELEASE", "The notes of a release", "", make_helm_get_notes},
    {"values", "RELEASE", "The values of a release", "", make_helm_get_values},
};

constexpr CommandRow kHelmCommands[] = {
    {"dependency", "list|build|update [CHART]", "The charts that a chart depends on", "", nullptr,
     [] { return std::span<const CommandRow>(kDependencyCommands); }, "dep dependencies"},
    {"get", "WHAT RELEASE", "What a release is made of", "", nullptr,
     [] { return std::span<const CommandRow>(kGetCommands); }},
    {"history", "RELEASE", "The revisions of a release", "", make_helm_history, nullptr, "hist"},
    {"install", "[NAME] CHART", "Install a chart",
     "Installs a chart as a release that helm, too, can list, upgrade and remove.\n\n"
     "Example:\n"
     "  taut helm install web ./charts/web -n shop --create-namespace --wait",
     make_helm_install},
    {"lint", "PATH...", "Check charts by helm's rules",
     "Prints what helm's linter prints. Exit code 1 where a chart has errors, with --strict warnings, too.", make_helm_lint},
    {"list", "", "The releases of a namespace", "", make_helm_list, nullptr, "ls"},
    {"package", "CHART...", "Pack charts as archives",
     "Packs charts as helm does. The same chart gives the same bytes: the files bear the time of SOURCE_DATE_EPOCH, else 1970.",
     make_helm_package},
    {"pull", "CHART...", "Fetch charts from repositories and registries",
     "Examples:\n  taut helm pull bitnami/nginx --version 1.x\n  taut helm pull oci://ghcr.io/stefanprodan/charts/podinfo --untar",
     make_helm_pull, nullptr, "fetch"},
    {"rollback", "RELEASE [REVISION]", "Bring an earlier revision back, as a new one", "", make_helm_rollback},
    {"show", "all|chart|crds|readme|values CHART", "What a chart says of itself", "", nullptr,
     [] { return std::span<const CommandRow>(kShowCommands); }, "inspect"},
    {"status", "RELEASE", "The state of a release", "", make_helm_status},
    {"template", "[NAME] CHART", "Render a chart as helm does",
     "Renders a chart, a folder or a packed one, with helm's flags and helm's output, without helm and without a\n"
     "cluster.\n\n"
     "Examples:\n"
     "  taut helm template web ./charts/web -f values.yaml --set replicas=3\n"
     "  taut helm template web web-1.2.3.tgz --kube-version 1.33.0 --show-only templates/deployment.yaml",
     make_helm_template},
    {"test", "RELEASE", "Run the tests of a release", "", make_helm_test},
    {"uninstall", "RELEASE...", "Remove a release with its objects", "", make_helm_uninstall, nullptr,
     "del delete un"},
    {"upgrade", "RELEASE CHART", "Upgrade a release, or install it (--install)", "", make_helm_upgrade},
    {"verify", "PATH", "Check a packed chart against its provenance file",
     "Checks the signature of PATH.prov by the keys of --keyring, and the digest of the archive that it holds.\n\n"
     "Example:\n  taut helm verify web-1.2.3.tgz --keyring pubring.gpg",
     make_helm_verify},
    {"why", "CHART KIND/NAME:FIELD", "Tell where a field of a rendered object comes from",
     "Prints the line of the template that wrote a field, and for each value that it was made of the flag, the values file\n"
     "or the chart that gave it, with lines, and those that it was written over.\n\n"
     "Examples:\n"
     "  taut helm why ./charts/web Deployment/web:spec.replicas -f prod.yaml --name web\n"
     "  taut helm why ./charts/web 'Deployment/web:spec.template.spec.containers[0].image' --set image.tag=2",
     make_helm_why},
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
