// From files and parameters to objects: a pure function, the same for the same input.
//
// The parameters are the `source` block of an Argo CD Application (`directory`, `kustomize`, `helm`, `plugin`),
// since that is what the sources people write look like; other dialects translate theirs. What kind of source a
// folder is is told by the block that is set, or else found as Argo CD finds it. Flux's Kustomization is a block of
// its own, `flux`: the object's spec, and in `variables` what its substituteFrom names.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/error.hh"
#include "base/result.hh"
#include "tree/tree.hh"
#include "value/value.hh"

namespace taut::kustomize {
class Remotes;
struct Trail;
}

namespace taut::render {

enum class SourceType { kDirectory, kKustomize, kHelm, kPlugin, kFlux };

// "Directory", "Kustomize", "Helm", "Plugin": the names in an Application's status.
std::string_view source_type_name(SourceType type);

struct RenderLimits {
  uint64_t combined_size = 10'000'000;  // bytes of all manifests of a folder: Argo CD's default of 10M; 0: none
};

class ManifestCache;

// Charts that others hold, for charts whose dependencies are not in their own repository. Thread-safe.
class RemoteCharts {
 public:
  virtual ~RemoteCharts() = default;
  // The version that a range names now. `repository`: a URL, "https://..." or "oci://...". kNotFound when none does.
  virtual Result<std::string> resolve(const std::string& repository, const std::string& chart, const std::string& range) = 0;
  // The files of a version, Chart.yaml at the root.
  virtual Result<TreePtr> tree(const std::string& repository, const std::string& chart, const std::string& version) = 0;
};

struct RenderInput {
  TreePtr tree;      // the whole repository at one revision
  std::string path;  // of the source in it; "" or "." for the root
  Value source;      // the Application's source; null when nothing is set
  std::map<std::string, TreePtr> refs;  // other sources' files, which value files name as `$NAME/path`
  std::string
      repository;  // what the tree belongs to; only keeps the memo's entries of different repositories apart
  std::string application;   // name: for `.argocd-source-NAME.yaml` and the release
  std::string ns;            // the destination's namespace
  std::string kube_version;  // "1.36.1"
  std::vector<std::string> api_versions;
  bool argo_overrides = true;  // `.argocd-source.yaml` and `.argocd-source-NAME.yaml` are merged into the source
  std::string project;           // the Application's, for $ARGOCD_APP_PROJECT_NAME
  std::string revision;          // for $ARGOCD_APP_REVISION; only renders that ask for it depend on it
  std::string kustomize_options;  // argocd-cm's `kustomize.buildOptions`: "--enable-helm --load-restrictor ..."
  RenderLimits limits;
  bool trace = false;  // keep what each step of a kustomization did to its objects, and which lines of a chart made them
  ManifestCache* manifests = nullptr;  // makes it faster; the result is the same without
  RemoteCharts* charts = nullptr;  // without: dependencies that are not in charts/ are an error
  kustomize::Remotes* remotes = nullptr;  // without: what kustomizations name on the network is an error
};

// Where an object comes from.
struct Origin {
  std::string file;       // path in the repository
  uint32_t line = 0;      // of the object's first key; of what a template made its line with RenderInput::trace, else 0
  uint32_t document = 0;  // index in the file, from 0
  std::string pointer;    // of an item of a List: "/items/2"

  // "apps/web.yaml:12".
  std::string to_string() const;
};

class ChartOrigin;

struct RenderedObject {
  Value object;
  Origin origin;
  // JSON pointers to what another render would make otherwise: random values and times that templates ask for.
  std::vector<std::string> generated = {};
  std::shared_ptr<const kustomize::Trail> trail = {};  // of RenderInput::trace, where a kustomization made it
  std::shared_ptr<const ChartOrigin> chart = {};       // likewise, where a chart did
};

struct Warning {
  enum class Kind { kSkippedFile, kDuplicate };
  Kind kind;
  std::string message;
  Position position;
};

struct Rendered {
  SourceType type = SourceType::kDirectory;
  // Whether the namespace, the Kubernetes version or the API versions were looked at; if not, another cluster's give the
  // same.
  bool depends_on_cluster = true;
  // Whether the revision was looked at; if not, another one with the same files gives the same.
  bool depends_on_revision = false;
  std::vector<RenderedObject> objects;  // in the order of the files; objects named twice are all here
  std::vector<Warning> warnings;
};

// The objects of a source. Errors: kNotFound when the path is not there ("app path does not exist"), kInvalid with
// file, line and column for what is no manifest, kForbidden for what leads out of the repository, kLimit,
// kUnsupported for a kind of source that cannot be rendered; those of the tree as they are.
Result<Rendered> render(const RenderInput& input);

}  // namespace taut::render
