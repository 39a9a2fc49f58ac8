#include "render/post_render.hh"

#include <fmt/format.h>

#include <algorithm>

#include "base/strings.hh"
#include "kustomize/build.hh"
#include "tree/path.hh"
#include "tree/views.hh"
#include "yaml/reader.hh"
#include "yaml/writer.hh"

namespace taut::render {
namespace {

constexpr std::string_view kFailed = "error while running post render on files";

bool is_partial(std::string_view path) { return base_name(path).starts_with('_'); }

void add_objects(Value object, const std::string& path, std::vector<Value>& out) {
  if (!object.is_map()) return;
  if (object["kind"].as_string().ends_with("List") && object["items"].is_list()) {
    for (const Value& item : object["items"].items()) add_objects(item, path, out);
    return;
  }
  object.edit("metadata").edit("annotations").set(kPostRenderFile, path);
  out.push_back(std::move(object));
}

// The kustomization's file and its text with the input among its resources.
Result<std::pair<std::string, std::string>> with_input(const Tree& tree, const std::string& folder, const std::string& input) {
  for (const char* name : {"kustomization.yaml", "kustomization.yml", "Kustomization"}) {
    const std::string path = join_path(folder, name);
    auto text = tree.read(path);
    if (!text) continue;
    auto document = parse_yaml_document(**text);
    if (!document) return fail(Code::kInvalid, "{}: {}", path, document.error().message());
    Value fields = document->root;
    const Value listed = fields["resources"];
    if (std::find(listed.items().begin(), listed.items().end(), Value(input)) != listed.items().end()) return std::pair(path, **text);
    Value resources = Value::list({input});
    for (const Value& resource : listed.items()) resources.push_back(resource);
    fields.set("resources", std::move(resources));
    return std::pair(path, to_yaml(fields));
  }
  return fail(Code::kNotFound, "/{}: there is no kustomization", folder);
}

Status kustomize_files(const TreePtr& tree, const std::string& folder, const std::string& input, const kustomize::BuildOptions& options,
                       ChartFiles& files) {
  TAUT_ASSIGN(auto objects, post_render_input(files));
  std::string text;
  for (const Value& object : objects) append_yaml(object, text += "---\n");
  TAUT_ASSIGN(auto kustomization, with_input(*tree, folder, input));
  TreeChanges changes;
  changes[kustomization.first] = std::move(kustomization.second);
  changes[join_path(folder, input)] = std::move(text);
  TAUT_ASSIGN(TreePtr changed, overlay_tree(tree, std::move(changes)));
  auto built = kustomize::build(*changed, folder, options);
  if (!built) return fail(Error(built.error()).with_message(fmt::format("{}: {}", kFailed, built.error().message())));
  std::vector<Value> out;
  for (auto& resource : built->resources) out.push_back(std::move(resource.object));
  set_post_rendered(out, files);
  return {};
}

}  // namespace

Result<std::vector<Value>> post_render_input(const ChartFiles& files) {
  std::vector<Value> out;
  for (const auto& [path, text] : files) {
    if (is_partial(path) || trim(text).empty()) continue;
    auto documents = parse_yaml(text);
    if (!documents) return fail(Code::kInvalid, "{}: error parsing YAML: {}: {}", kFailed, path, documents.error().message());
    for (const Document& document : *documents) add_objects(document.root, path, out);
  }
  return out;
}

void set_post_rendered(const std::vector<Value>& objects, ChartFiles& files) {
  std::erase_if(files, [](const auto& file) { return !is_partial(file.first); });
  for (size_t i = 0; i < objects.size(); ++i) {
    Value object = objects[i];
    std::string path = object["metadata"]["annotations"][kPostRenderFile].str();
    if (path.empty()) {
      path = fmt::format("generated-by-postrender-{}.yaml", i);
    } else {
      Value& metadata = object.edit("metadata");
      metadata.edit("annotations").erase(kPostRenderFile);
      if (metadata["annotations"].empty()) metadata.erase("annotations");
    }
    std::string& text = files[path];
    if (!text.empty()) text += "---\n";
    append_yaml(object, text);
  }
}

Result<PostRenderer> kustomize_post_renderer(TreePtr tree, std::string folder, std::string input, kustomize::BuildOptions options) {
  TAUT_TRY(with_input(*tree, folder, input));
  return PostRenderer([tree = std::move(tree), folder = std::move(folder), input = std::move(input),
                       options = std::move(options)](ChartFiles& files) { return kustomize_files(tree, folder, input, options, files); });
}

}  // namespace taut::render
