// The kustomization file that Flux writes before it builds.
#include <algorithm>

#include "base/strings.hh"
#include "kustomize/flux.hh"
#include "kustomize/kustomize_yaml.hh"
#include "kustomize/read.hh"
#include "kustomize/types.hh"
#include "tree/path.hh"
#include "value/json.hh"

namespace taut::kustomize {
namespace {

constexpr std::string_view kFileNames[] = {"kustomization.yaml", "kustomization.yml", "Kustomization"};

bool is_file(const Tree& tree, const std::string& path) {
  auto entry = tree.stat(path);
  if (!entry) return false;
  if (entry->type == TreeEntry::Type::kSymlink) return tree.read(path).has_value();
  return entry->type == TreeEntry::Type::kFile;
}

std::string kustomization_in(const Tree& tree, std::string_view folder) {
  for (std::string_view name : kFileNames) {
    std::string path = join_path(folder, name);
    if (is_file(tree, path)) return path;
  }
  return {};
}

// Walks as Go's filepath.Walk: by name, symlinks not followed.
class Scan {
 public:
  Scan(const Tree& tree, std::string_view base, const std::string& prefix) : tree_(tree), base_(base), prefix_(prefix) {}

  Status walk(const std::string& folder) {
    TAUT_ASSIGN(auto entries, tree_.list(folder));
    std::sort(entries.begin(), entries.end(), [](const auto& a, const auto& b) { return a.name < b.name; });
    for (const TreeEntry& entry : entries) {
      std::string path = join_path(folder, entry.name);
      if (entry.type != TreeEntry::Type::kFolder) TAUT_TRY(file(path));
      else if (!kustomization_in(tree_, path).empty()) add(path);
      else TAUT_TRY(walk(path));
    }
    return {};
  }

  Value found = Value::list();

 private:
  Status file(const std::string& path) {
    if (!path.ends_with(".yaml") && !path.ends_with(".yml")) return {};
    TAUT_ASSIGN(FileText text, tree_.read(path));
    auto resources = read_resources(*text);
    if (!resources) {
      std::string message = fmt::format("failed to decode Kubernetes YAML from {}{}: {}", prefix_, path, resources.error().message());
      Position position = resources.error().position();
      position.file = path;
      return fail(Error(resources.error()).with_message(std::move(message)).at(std::move(position)));
    }
    add(path);
    return {};
  }

  void add(const std::string& path) {
    std::string_view rest = std::string_view(path).substr(base_.size());
    found.push_back(Value(fmt::format("./{}", rest.starts_with('/') ? rest.substr(1) : rest)));
  }

  const Tree& tree_;
  std::string base_;
  const std::string& prefix_;
};

Result<Value> generated(const Tree& tree, std::string_view folder, const std::string& prefix) {
  auto entry = folder.empty() ? Result<TreeEntry>(TreeEntry{"", TreeEntry::Type::kFolder}) : tree.stat(folder);
  if (!entry) return fail(Code::kNotFound, "lstat {}{}: no such file or directory", prefix, folder);
  Scan scan(tree, folder, prefix);
  TAUT_TRY(scan.walk(std::string(folder)));
  if (scan.found.empty()) return Value::map({{"namespace", "_placeholder"}});
  return Value::map({{"resources", std::move(scan.found)}});
}

// What one of the fields of a spec must be, told as apimachinery's unstructured helpers do.
Result<Value> string_list(const Value& spec, std::string_view field) {
  const Value& list = spec[field];
  for (const Value& item : list.items())
    if (!item.is_string())
      return fail(Code::kInvalid, "unable to get {}: .spec.{} accessor error: contains non-string value in the slice", field, field);
  return list.is_list() ? list : Value::list();
}

Value selector_of(const Value& target) {
  Value out = Value::map();
  for (const char* field : {"group", "version", "kind", "name", "namespace", "labelSelector", "annotationSelector"})
    if (!target[field].empty()) out.set(field, target[field]);
  return out;
}

// A path as kustomize.IsLocalRelativePath takes it: none that begins as a URL or a repository does, or at the root.
bool is_local(std::string_view path) {
  std::string lower = to_lower(path);
  for (std::string_view start : {"git::", "gh:", "ssh://", "https://", "http://", "git@", "github.com:", "github.com/"})
    if (lower.size() > start.size() && lower.starts_with(start)) return false;
  return !path.starts_with('/') && !lower.starts_with("file:///");
}

bool exists(const Tree& tree, std::string_view folder, std::string_view path) {
  auto clean = clean_path(join_path(folder, path));
  return clean && (clean->empty() || tree.stat(*clean).has_value());
}

Status add_components(const Tree& tree, std::string_view folder, const Value& spec, Value& kustomization) {
  TAUT_ASSIGN(Value components, string_list(spec, "components"));
  bool ignore = spec["ignoreMissingComponents"].as_bool();
  for (const Value& component : components.items()) {
    std::string_view path = component.as_string();
    if (!is_local(path))
      return fail(Code::kInvalid, "component path '{}' must be local and relative", path);
    if (!ignore || exists(tree, folder, path)) kustomization.edit("components").push_back(component);
  }
  return {};
}

void add_patches(const Value& spec, Value& kustomization) {
  for (const Value& patch : spec["patches"].items()) {
    Value out = Value::map({{"patch", patch["patch"]}});
    if (patch["target"].is_map()) out.set("target", selector_of(patch["target"]));
    kustomization.edit("patches").push_back(std::move(out));
  }
  for (const Value& patch : spec["patchesStrategicMerge"].items())
    kustomization.edit("patchesStrategicMerge").push_back(Value(to_json(patch, {.escape_html = true})));
  for (const Value& patch : spec["patchesJson6902"].items())
    kustomization.edit("patchesJson6902")
        .push_back(Value::map({{"patch", Value(to_json(patch["patch"], {.escape_html = true}))},
                               {"target", selector_of(patch["target"])}}));
}

// An image of the same name takes over what is set; tag and digest are one choice.
void add_image(const Value& image, Value& images) {
  for (size_t i = 0; i < images.items().size(); ++i) {
    if (images[i]["name"] != image["name"]) continue;
    Value& known = images.edit(i);
    if (!image["newName"].empty()) known.set("newName", image["newName"]);
    if (image["newTag"].empty() && image["digest"].empty()) return;
    for (const char* field : {"newTag", "digest"}) {
      if (image[field].empty()) known.erase(field);
      else known.set(field, image[field]);
    }
    return;
  }
  Value fresh = Value::map();
  for (const char* field : {"name", "newName", "newTag", "digest"})
    if (!image[field].empty()) fresh.set(field, image[field]);
  images.push_back(std::move(fresh));
}

}  // namespace

Result<FluxKustomization> flux_kustomization(const Tree& tree, std::string_view folder, const Value& spec,
                                             const std::string& prefix) {
  std::string file = kustomization_in(tree, folder);
  Value kustomization;
  if (file.empty()) {
    TAUT_ASSIGN(kustomization, generated(tree, folder, prefix));
    file = join_path(folder, kFileNames[0]);
  } else {
    TAUT_ASSIGN(FileText text, tree.read(file));
    TAUT_ASSIGN(kustomization, yaml_unmarshal(*text, types::kKustomization, {.strict = false, .coerce = true}));
    if (kustomization["resources"].empty()) kustomization.set("buildMetadata", Value::list({"originAnnotations"}));
  }
  if (kustomization["apiVersion"].empty()) kustomization.set("apiVersion", "kustomize.config.k8s.io/v1beta1");
  if (kustomization["kind"].empty()) kustomization.set("kind", "Kustomization");
  constexpr std::pair<const char*, const char*> kTexts[] = {
      {"targetNamespace", "namespace"}, {"namePrefix", "namePrefix"}, {"nameSuffix", "nameSuffix"}};
  for (auto [from, to] : kTexts)
    if (const Value* text = spec.find(from)) kustomization.set(to, *text);
  add_patches(spec, kustomization);
  TAUT_TRY(add_components(tree, folder, spec, kustomization));
  for (const Value& image : spec["images"].items()) add_image(image, kustomization.edit("images"));
  TAUT_ASSIGN(Value metadata, string_list(spec, "buildMetadata"));
  if (!metadata.empty()) kustomization.set("buildMetadata", std::move(metadata));
  return FluxKustomization{std::move(file), marshal_config(kustomization)};
}

}  // namespace taut::kustomize
