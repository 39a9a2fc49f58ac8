// The table of commands. Help, completion and dispatch derive from it.
#include "cli/all.hh"

namespace taut::cli {
namespace {

constexpr CommandRow kCommands[] = {
    {"demo", "", "See the main job on this machine",
     "Starts a sandbox cluster, a sample Git repository and taut between them, and shows in the terminal, with the\n"
     "seconds it took: a first sync, a commit rolled out, drift healed, a file pruned, a bad commit rolled back.\n"
     "Stays up until Ctrl-C.",
     make_demo},
    {"serve", "", "Keep a cluster equal to Git",
     "Runs the Argo CD Applications and the Flux sources and Kustomizations of a cluster: follows their repositories,\n"
     "syncs, heals drift, prunes, and writes status back in their own fields. Creates the definitions of these kinds\n"
     "where they are missing. Stop Argo CD's or Flux's controllers first: two controllers on one object fight.\n\n"
     "Examples:\n"
     "  taut serve                                   # the cluster that kubectl talks to\n"
     "  taut serve --kubeconfig F --context staging",
     make_serve},
    {"get", "[APP...]", "List Applications, or show one",
     "Lists the Applications of a cluster, or shows some with their resources.\n\n"
     "Examples:\n  taut get\n  taut get web\n  taut get web -o yaml",
     make_get},
    {"why", "KIND/NAME [FIELD]", "Tell where an object and each of its fields comes from",
     "For each field of an object: the file, line, commit, author and date in the repository of its application, or who\n"
     "else set it in the cluster and when. Through kustomizations to the file or patch that said it last, through charts\n"
     "to the template. With --dir it asks a folder and needs no cluster.\n\n"
     "Examples:\n  taut why -n shop deployment/web\n  taut why -n shop deployment/web spec.replicas\n"
     "  taut why --dir overlays/prod deployment/web spec.replicas -o json",
     make_why},
    {"promote", "FROM TO", "Carry a change of one environment to the next, on a branch",
     "FROM and TO are Applications, or folders of one repository (`dev staging` finds sibling folders of these names).\n"
     "Carries image names, tags and digests by default, named fields with --field, or with --all the whole folder.\n"
     "Prints the diff; --push makes the branch and pushes it.\n\n"
     "Examples:\n  taut promote web-dev web-staging\n  taut promote web-dev web-staging --push\n"
     "  taut promote --dir . apps/web/overlays/dev apps/web/overlays/staging --field replicaCount",
     make_promote},
    {"diff", "[DIR|APP]", "Show what a folder or an Application would change",
     "Prints the plan: what would be created, changed field by field, and pruned, in the order of the sync. Changes\n"
     "nothing. A word with a slash, or that names a folder, is a folder; else an Application.\n"
     "Exit code: 0 no differences, 1 differences, above 1 an error.\n\n"
     "Without a name, --rev shows what a branch would change in every Application that follows --into.\n\n"
     "Examples:\n  taut diff ./manifests -n shop\n  taut diff web --revision feature-x\n  taut diff --rev feature-x",
     make_diff},
    {"preview", "[APP...] | DIR", "Try a commit on a copy of the cluster, before it is merged",
     "Takes a copy of the cluster into memory (the cluster itself is only read), syncs the applications at a commit\n"
     "there, runs the workload controllers at high speed, and reports what would change field by field, restart, be\n"
     "removed, and break, and why. Values of Secrets are never shown.\n\n"
     "Without APP, it tries the commit on every application that follows the branch it would be merged into (--into).\n"
     "The copy is of the current cluster, of a folder or file of objects or another cluster (--import), or --empty.\n"
     "Exit code: 0 nothing breaks, 1 an error, 2 something would break.\n\n"
     "Examples:\n"
     "  taut preview --revision feature-x                    # every application that follows HEAD\n"
     "  taut preview web api --revision 3f2a91c -o markdown  # for a comment on a pull request\n"
     "  taut preview --source . --import dump.yaml           # this work tree, on a dump of the cluster\n"
     "  taut preview ./manifests -n shop --empty",
     make_preview},
    {"apply", "DIR", "Apply a folder by its plan",
     "Applies a folder of manifests by server-side apply, in phases and waves: hooks and sync waves are honoured, and\n"
     "the next wave begins when the one before is healthy. Nothing is pruned.\n\n"
     "Examples:\n  taut apply ./manifests -n shop --wait\n  taut apply ./manifests --dry-run",
     make_apply},
    {"sync", "APP...", "Sync an Application now",
     "Asks for one sync of an Application and follows it.\nExit code 0 only if it succeeded.\n\n"
     "Examples:\n  taut sync web\n  taut sync web --revision v1.4 --prune\n  taut sync web --resource apps:Deployment:web",
     make_sync},
    {"rollback", "APP [ID]", "Go back to an earlier sync",
     "Syncs an Application to an entry of its history (the last but one without ID). Automated sync is held there,\n"
     "and says so, until the next sync is asked for. With --revert it makes a commit on the branch that the Application\n"
     "follows, with the files that it reads as they were then, and pushes it.\n"
     "The annotation taut.dev/rollback-after: 5m asks for it automatically: a new revision that is not Healthy after\n"
     "that time is rolled back and held.\n\n"
     "Examples:\n  taut rollback web\n  taut rollback web 3\n  taut rollback web --revert",
     make_rollback},
    {"history", "APP", "List what an Application was synced to", "", make_history},
    {"render", "[DIR]", "Print what a folder renders to",
     "Renders a folder as a sync would, without a cluster.\n\n"
     "Examples:\n  taut render ./manifests\n  taut render -R --exclude '*-test.yaml' -o wide .",
     make_render},
    {"kustomize", "build [DIR] | why DIR FIELD", "Build a kustomization, byte for byte as kustomize does, or explain a field",
     "Builds the kustomization of a folder and prints its objects: what `kustomize build` 5.8 prints, without it.\n"
     "`why` tells which files and transformers gave a field its value, with their lines.\n\n"
     "Examples:\n  taut kustomize build overlays/prod\n  taut kustomize build --enable-helm -o out/ overlays/prod\n"
     "  taut kustomize why overlays/prod Deployment/web:spec.replicas",
     make_kustomize},
    {"helm", "COMMAND", "Charts, with helm's commands, flags and output",
     "What helm does, without helm.", nullptr, helm_commands},
    {"sandbox", "", "Run a Kubernetes API server in one process",
     "A Kubernetes API server for tests, trials and demos: TLS, tokens, custom resources, server-side apply, watches,\n"
     "and simulated controllers that move Deployments, Jobs and Pods through their states. kubectl works on it.\n\n"
     "Examples:\n"
     "  taut sandbox --kubeconfig /tmp/kubeconfig\n"
     "  taut sandbox --data state.db --port 6443\n"
     "  taut sandbox --import ~/.kube/config --kubeconfig /tmp/copy   # a copy of a cluster, to try things on",
     make_sandbox},
    {"completion", "bash|zsh|fish", "Print a completion script for your shell",
     "Prints a completion script for your shell.\n\nExample:\n  source <(taut completion bash)", make_completion},
    {"version", "", "Print the version", "", make_version},
};

}  // namespace

std::span<const CommandRow> commands() { return kCommands; }

}  // namespace taut::cli
