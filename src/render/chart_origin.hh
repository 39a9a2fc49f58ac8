// The template lines behind the fields of an object that a chart renders.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "helm/manifests.hh"
#include "helm/render_cache.hh"
#include "helm/trace.hh"

namespace taut::render {

// Immutable; thread-safe.
class ChartOrigin {
 public:
  // The names in a trace are those of the cache's templates. `folder` is the chart's; `pointer` leads to the object in the
  // manifest, for items of a List.
  ChartOrigin(std::shared_ptr<const helm::RenderCache> cache, std::shared_ptr<const helm::Trace> trace, helm::Manifest manifest,
              std::string folder, std::string pointer)
      : cache_(std::move(cache)), trace_(std::move(trace)), manifest_(std::move(manifest)), folder_(std::move(folder)), pointer_(std::move(pointer)) {}

  struct Line {
    std::string file;   // in the tree
    uint32_t line = 0;  // 0 when it is not known
  };
  // Of the field at a JSON pointer: that of the action that gave its value, else of the text that is its value. Linear in
  // what the template gave.
  Line line_of(std::string_view pointer) const;

 private:
  std::shared_ptr<const helm::RenderCache> cache_;
  std::shared_ptr<const helm::Trace> trace_;
  helm::Manifest manifest_;
  std::string folder_, pointer_;
};

// The template of a release as a path of the tree: "chart/templates/x.yaml" is below the chart's folder.
std::string template_path(std::string_view folder, std::string_view path);

}  // namespace taut::render
