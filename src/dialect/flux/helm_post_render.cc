#include "dialect/flux/helm_post_render.hh"

#include <fmt/format.h>

#include <algorithm>

#include "kustomize/build.hh"
#include "render/post_render.hh"
#include "tree/memory.hh"
#include "yaml/writer.hh"

namespace taut::flux {
namespace {

constexpr std::string_view kHook = "helm.sh/hook";
constexpr std::string_view kInput = "helm-output.yaml";

using Objects = std::vector<Value>;

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
  TAUT_ASSIGN(Objects objects, render::post_render_input(files));
  std::string_view strategy = spec["postRenderStrategy"].as_string();
  if (strategy.empty() || strategy == "combined") {
    TAUT_ASSIGN(objects, transformed(std::move(objects), spec, read));
    render::set_post_rendered(objects, files);
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
  render::set_post_rendered(objects, files);
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
