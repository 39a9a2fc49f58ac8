// What a build may be told, as the flags of `kustomize build`.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "base/result.hh"
#include "kustomize/loader.hh"
#include "value/value.hh"

namespace taut::kustomize {

// A chart to be rendered, with the names of kustomize's `helmCharts` and `helmGlobals`.
struct HelmRequest {
  Value chart;           // the entry of `helmCharts`, with chartHome and configHome of `helmGlobals`
  const Loader& loader;  // of the kustomization
};
// Gives the manifests as `helm template` prints them. The Helm engine is plugged in here.
using RenderHelm = std::function<Result<std::string>(const HelmRequest&)>;

// Where visible behaviour of versions differs: kubectl 1.35 and Argo CD 3.5 have 5.7, Flux 2.9 and kustomize itself 5.8.
enum class Compat : uint8_t { k57, k58 };

enum class Order : uint8_t { kUnspecified, kLegacy, kNone };

struct BuildOptions {
  LoadRestriction restriction = LoadRestriction::kRootOnly;
  Order order = Order::kUnspecified;
  bool managed_by_label = false;
  bool enable_helm = false;
  RenderHelm helm;  // without it charts are an error
  Remotes* remotes = nullptr;  // without it what is on the network is an error
  std::string helm_kube_version;
  std::vector<std::string> helm_api_versions;
  bool helm_debug = false;
  Compat compat = Compat::k58;
  // Changes the fields of the kustomization that is built, once they are read; not those of its bases.
  std::function<Status(Value& fields)> edit_root;
  // Told each warning as it comes, also of a build that fails; Built has those of one that does not.
  std::function<void(const std::string&)> warn;
  // Keeps what happened to each resource, for why.hh.
  bool trace = false;
  // How the root of the tree is called in messages.
  std::string prefix;
};

// The values of `--reorder` and `--load-restrictor`; the errors are the program's.
Status set_reorder(std::string_view value, BuildOptions& options);
Status set_load_restrictor(std::string_view value, BuildOptions& options);


}  // namespace taut::kustomize
