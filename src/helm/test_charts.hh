// Charts for tests, made of a few files.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>

#include "helm/render.hh"
#include "helm/values_file.hh"
#include "tree/memory.hh"

namespace taut::helm {

using Files = std::initializer_list<std::pair<std::string_view, std::string_view>>;

inline Result<ChartPtr> chart_of(Files files) { return load_chart(*memory_tree(files)); }

// What `helm template rel CHART` prints, or the error.
inline std::string rendered(Files files, std::string_view values = "", Compat compat = Compat::kHelm42) {
  auto chart = chart_of(files);
  if (!chart) return chart.error().message();
  RenderOptions options;
  options.compat = compat;
  options.release.name = "rel";
  RenderCache cache;
  auto rendering = render_release(*chart, *read_values(values), options, cache);
  if (!rendering) return rendering.error().message();
  return *print_rendering(*rendering, {}, compat);
}

}  // namespace taut::helm
