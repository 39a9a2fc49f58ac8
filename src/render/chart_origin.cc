#include "render/chart_origin.hh"

#include <algorithm>

#include "render/template_lines.hh"
#include "tree/path.hh"

namespace taut::render {

std::string template_path(std::string_view folder, std::string_view path) {
  const size_t slash = path.find('/');
  return join_path(folder, slash == std::string_view::npos ? path : path.substr(slash + 1));
}

ChartOrigin::Line ChartOrigin::line_of(std::string_view pointer) const {
  const auto file = trace_->files.find(manifest_.path);
  if (file == trace_->files.end()) return {};
  const helm::TemplateTrace& rendered = file->second;
  const TextRange range = range_of(manifest_, rendered.text, pointer_ + std::string(pointer));
  const std::vector<size_t> origins = origins_in(rendered, range);
  if (origins.empty()) return {};
  const auto made = std::find_if(origins.begin(), origins.end(), [&](size_t i) { return !rendered.origins[i].literal; });
  const gotmpl::Origin& origin = rendered.origins[made == origins.end() ? origins[0] : *made];
  const auto source = trace_->sources.find(std::string(origin.file));
  if (source == trace_->sources.end()) return {};
  size_t position = origin.position;
  if (origin.literal) position += std::max(range.start, origin.start) - origin.start;
  return {template_path(folder_, source->first), line_at(*source->second, position)};
}

}  // namespace taut::render
