// What $NAME and ${NAME} mean in the options of a source: Argo CD's build environment.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "render/source.hh"

namespace taut::render {

// ARGOCD_APP_NAME, ARGOCD_APP_NAMESPACE, ARGOCD_APP_SOURCE_..., KUBE_VERSION, KUBE_API_VERSIONS; other names are empty.
class BuildEnvironment {
 public:
  BuildEnvironment(const RenderInput& input, const Source& source);

  // Go's os.Expand; "$$" is a dollar. kUnsupported for what a render does not know, as the revision: an error rather
  // than nothing.
  Result<std::string> expand(std::string_view text);
  // Whether a value that was asked for is the cluster's.
  bool uses_cluster() const { return uses_cluster_; }

 private:
  Result<std::string> find(std::string_view name);

  std::map<std::string, std::string, std::less<>> values_;
  bool uses_cluster_ = false;
};

}  // namespace taut::render
