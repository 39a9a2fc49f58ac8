#include "render/render.hh"

#include "base/strings.hh"
#include "object/id.hh"
#include "render/directory.hh"
#include "render/flux.hh"
#include "render/helm.hh"
#include "render/kustomize.hh"
#include "render/source.hh"

namespace taut::render {

namespace {

struct Renderer {
  SourceType type;
  std::string_view name;
  Result<Rendered> (*run)(const RenderInput& input, const Source& source);  // null: there is no engine for it
};

constexpr Renderer kRenderers[] = {
    {SourceType::kDirectory, "Directory", render_directory},
    {SourceType::kKustomize, "Kustomize", render_kustomize},
    {SourceType::kHelm, "Helm", render_helm},
    {SourceType::kPlugin, "Plugin", nullptr},
    {SourceType::kFlux, "Kustomization", render_flux},
};

const Renderer& renderer_of(SourceType type) { return kRenderers[static_cast<size_t>(type)]; }

// Objects named more than once are all kept, since which one wins is the dialect's to say; here they are told.
void warn_of_duplicates(Rendered& rendered) {
  std::map<ObjectId, std::vector<const Origin*>> seen;
  for (const RenderedObject& item : rendered.objects) {
    if (!name_of(item.object).empty()) seen[ObjectId::of(item.object)].push_back(&item.origin);
  }
  for (const auto& [id, origins] : seen) {
    if (origins.size() < 2) continue;
    std::vector<std::string> places;
    for (const Origin* origin : origins) places.push_back(origin->to_string());
    rendered.warnings.push_back({Warning::Kind::kDuplicate,
                                 fmt::format("Resource {} appeared {} times among application resources: {}",
                                             id.to_string(), origins.size(), join(places, ", ")),
                                 {.file = origins.back()->file, .line = origins.back()->line}});
  }
}

}  // namespace

std::string_view source_type_name(SourceType type) { return renderer_of(type).name; }

std::string Origin::to_string() const {
  return line == 0 ? file + pointer : fmt::format("{}:{}{}", file, line, pointer);
}

Result<Rendered> render(const RenderInput& input) {
  bool flux = input.source.contains("flux");
  TAUT_ASSIGN(auto source, flux ? Result<Source>(Source{SourceType::kFlux, input.path, input.source}) : find_source(input));
  const Renderer& renderer = renderer_of(source.type);
  if (renderer.run == nullptr) {
    return fail(Code::kUnsupported, "{}: is a {} source, which cannot be rendered",
                source.path.empty() ? "." : source.path, renderer.name);
  }
  TAUT_ASSIGN(auto rendered, renderer.run(input, source));
  rendered.type = source.type;
  warn_of_duplicates(rendered);
  return rendered;
}

}  // namespace taut::render
