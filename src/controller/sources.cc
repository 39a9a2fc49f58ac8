// An application of several sources, as one render.
#include "base/strings.hh"
#include "controller/controller.hh"
#include "yaml/reader.hh"

namespace taut::controller {
namespace {

bool lends_only(const engine::Source& source) {
  return !source.raw["ref"].as_string().empty() && source.path.empty() && source.raw["chart"].as_string().empty();
}

void append(engine::RenderedObjects& out, engine::RenderedObjects part) {
  if (!out.source_type.empty()) out.source_type += ',';
  out.source_type += part.source_type;
  for (auto& [index, pointers] : part.generated) out.generated[out.objects.size() + index] = std::move(pointers);
  for (Value& object : part.objects) out.objects.push_back(std::move(object));
  for (std::string& warning : part.warnings) out.warnings.push_back(std::move(warning));
}

Result<engine::RenderedObjects> given_objects(const std::vector<std::string>& manifests) {
  engine::RenderedObjects out;
  out.source_type = "Directory";
  for (const std::string& text : manifests) {
    TAUT_ASSIGN(auto document, parse_yaml_document(text));
    if (!document.root.is_map()) return fail(Code::kInvalid, "manifest {} of the operation is no object", out.objects.size() + 1);
    out.objects.push_back(std::move(document.root));
  }
  return out;
}

}  // namespace

engine::Rendered render_sources(const engine::Render& wanted, const RenderFunction& render,
                                const std::function<Result<TreePtr>(const engine::Source& source, const std::string& sha)>& tree_of) {
  engine::Rendered out{wanted.unit, wanted.sha, fail(Code::kInternal, "no renderer"), 0};
  if (!wanted.source.manifests.empty()) {
    out.result = given_objects(wanted.source.manifests);
    return out;
  }
  if (!render) return out;
  auto parts = wanted.source.each();
  auto shas = split(wanted.sha, ',');
  std::vector<TreePtr> trees;
  RefTrees refs;
  for (size_t i = 0; i < parts.size(); ++i) {
    auto tree = tree_of(parts[i], std::string(i < shas.size() ? shas[i] : ""));
    if (!tree) return {wanted.unit, wanted.sha, tl::unexpected(tree.error()), i};
    if (const std::string ref = parts[i].raw["ref"].str(); !ref.empty()) refs[ref] = *tree;
    trees.push_back(std::move(*tree));
  }
  engine::RenderedObjects all;
  for (size_t i = 0; i < parts.size(); ++i) {
    if (lends_only(parts[i])) continue;
    engine::Render one = wanted;
    one.source = parts[i];
    one.sha = shas[i];
    auto rendered = render(trees[i], one, refs);
    if (!rendered) return {wanted.unit, wanted.sha, tl::unexpected(rendered.error()), i};
    append(all, std::move(*rendered));
  }
  out.result = std::move(all);
  return out;
}

}  // namespace taut::controller
