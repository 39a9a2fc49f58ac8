#include "dialect/flux/helm_post_render.hh"

#include <fmt/format.h>

#include <algorithm>

#include "base/strings.hh"
#include "kustomize/build.hh"
#include "tree/memory.hh"
#include "yaml/reader.hh"
#include "yaml/writer.hh"

namespace taut::flux {
namespace {

// Remembers the file of an object on its way through kustomize, as Helm's own post-rendering does.
constexpr std::string_view kFile = "postrenderer.helm.sh/postrender-filename";
constexpr std::string_view kHook = "helm.sh/hook";
constexpr std::string_view kInput = "helm-output.yaml";

using Objects = std::vector<Value>;

bool is_partial(std::string_view path) { return path.substr(path.rfind('/') + 1).starts_with('_'); }

// Lists become their items, as kustomize has it.
void add_objects(Value object, const std::string& path, Objects& out) {
  if (!object.is_map()) return;
  if (object["kind"].as_string().ends_with("List") && object["items"].is_list()) {
    for (const Value& item : object["items"].items()) add_objects(item, path, out);
    return;
  }
  object.edit("metadata").edit("annotations").set(kFile, path);
  out.push_back(std::move(object));
}

Result<Objects> read_objects(const std::map<std::string, std::string>& files) {
  Objects out;
  for (const auto& [path, text] : files) {
    if (is_partial(path) || trim(text).empty()) continue;
    auto documents = parse_yaml(text);
    if (!documents) return fail(Code::kInvalid, "error while running post render on files: error parsing YAML: {}: {}", path, documents.error().message());
    for (const Document& document : *documents) add_objects(document.root, path, out);
  }
  return out;
}

void write_objects(const Objects& objects, std::map<std::string, std::string>& files) {
  std::erase_if(files, [](const auto& file) { return !is_partial(file.first); });
  for (Value object : objects) {
    std::string path(annotation_of(object, kFile));
    Value& metadata = object.edit("metadata");
    metadata.edit("annotations").erase(kFile);
    if (metadata["annotations"].empty()) metadata.erase("annotations");
    std::string& text = files[path];
    if (!text.empty()) text += "---\n";
    append_yaml(object, text);
  }
}

Result<Objects> kustomized(const Value& wanted, const Objects& objects) {
  Value fields = Value::map({{"apiVersion", "kustomize.config.k8s.io/v1beta1"}, {"kind", "Kustomization"}, {"resources", Value::list({kInput})}});
  for (const char* field : {"patches", "images"})
    if (wanted[field].is_list()) fields.set(field, wanted[field]);
  std::string text;
  for (const Value& object : objects) append_yaml(object, text += "---\n");
  MemoryTreeBuilder files;
  TAUT_TRY(files.file("kustomization.yaml", to_yaml(fields)));
  TAUT_TRY(files.file(kInput, std::move(text)));
  TreePtr tree = files.build();
  kustomize::BuildOptions options;
  options.restriction = kustomize::LoadRestriction::kNone;
  TAUT_ASSIGN(auto built, kustomize::build(*tree, "", options));
  Objects out;
  for (auto& resource : built.resources) out.push_back(std::move(resource.object));
  return out;
}

void set_all(Value& metadata, const char* field, const Value& more) {
  if (more.empty()) return;
  Value& held = metadata.edit(field);
  for (const Entry& entry : more.entries()) held.set(entry.key(), entry.value);
}

Result<Objects> transformed(Objects objects, const Value& spec, const HelmRelease& read) {
  if (objects.empty()) return objects;
  for (const Value& renderer : spec["postRenderers"].items()) {
    if (!renderer["kustomize"].is_map()) continue;
    auto changed = kustomized(renderer["kustomize"], objects);
    if (!changed) return fail(changed.error().code(), "error while running post render on files: {}", changed.error().message());
    objects = std::move(*changed);
  }
  for (Value& object : objects) {
    Value& metadata = object.edit("metadata");
    set_all(metadata, "labels", spec["commonMetadata"]["labels"]);
    set_all(metadata, "annotations", spec["commonMetadata"]["annotations"]);
    set_origin_labels(object, read);
  }
  return objects;
}

Status run(const Value& spec, const HelmRelease& read, std::map<std::string, std::string>& files) {
  TAUT_ASSIGN(Objects objects, read_objects(files));
  std::string_view strategy = spec["postRenderStrategy"].as_string();
  if (strategy.empty() || strategy == "combined") {
    TAUT_ASSIGN(objects, transformed(std::move(objects), spec, read));
    write_objects(objects, files);
    return {};
  }
  auto hooks = std::stable_partition(objects.begin(), objects.end(), [](const Value& object) { return annotation_of(object, kHook).empty(); });
  Objects apart(hooks, objects.end());
  objects.erase(hooks, objects.end());
  TAUT_ASSIGN(objects, transformed(std::move(objects), spec, read));
  if (strategy == "separate") {
    TAUT_ASSIGN(apart, transformed(std::move(apart), spec, read));
  }
  objects.insert(objects.end(), apart.begin(), apart.end());
  write_objects(objects, files);
  return {};
}

}  // namespace

void set_origin_labels(Value& object, const HelmRelease& read) {
  Value& labels = object.edit("metadata").edit("labels");
  labels.set(fmt::format("{}/name", kHelmGroup), read.self.name);
  labels.set(fmt::format("{}/namespace", kHelmGroup), read.self.ns);
}

PostRender post_renderer(const Value& object, const HelmRelease& read) {
  return [spec = object["spec"], read](std::map<std::string, std::string>& files) { return run(spec, read, files); };
}

}  // namespace taut::flux
