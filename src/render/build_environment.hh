// What $NAME and ${NAME} mean in the options of a source: Argo CD's build environment.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "render/source.hh"

namespace taut::render {

// ARGOCD_APP_NAME, ARGOCD_APP_NAMESPACE, ARGOCD_APP_PROJECT_NAME, ARGOCD_APP_REVISION (also _SHORT and _SHORT_8),
// ARGOCD_APP_SOURCE_..., KUBE_VERSION, KUBE_API_VERSIONS; other names are empty.
class BuildEnvironment {
 public:
  BuildEnvironment(const RenderInput& input, const Source& source);

  // Go's os.Expand; "$$" is a dollar. kUnsupported for names of Argo CD's that a render does not know: an error
  // rather than nothing.
  Result<std::string> expand(std::string_view text);
  // Whether a value that was asked for is the cluster's.
  bool uses_cluster() const { return uses_cluster_; }
  bool uses_revision() const { return uses_revision_; }

 private:
  Result<std::string> find(std::string_view name);

  std::map<std::string, std::string, std::less<>> values_;
  bool uses_cluster_ = false;
  bool uses_revision_ = false;
};

}  // namespace taut::render
