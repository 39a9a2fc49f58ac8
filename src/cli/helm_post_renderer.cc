#include "cli/helm_post_renderer.hh"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "base/strings.hh"
#include "tree/disk.hh"
#include "yaml/reader.hh"

namespace taut::cli {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kType = "postrenderer/v1";

std::string variable(const char* name) {
  const char* value = std::getenv(name);
  return value ? value : "";
}

// As helm: HELM_PLUGINS, else the helm folder of the user's data.
std::string plugin_folders() {
  if (std::string given = variable("HELM_PLUGINS"); !given.empty()) return given;
  if (std::string helm = variable("HELM_DATA_HOME"); !helm.empty()) return helm + "/plugins";
  std::string data = variable("XDG_DATA_HOME");
  return (data.empty() ? variable("HOME") + "/.local/share" : data) + "/helm/plugins";
}

bool is_plugin(const fs::path& folder, std::string_view name) {
  std::ifstream file(folder / "plugin.yaml");
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  auto document = parse_yaml_document(text, {});
  return document && document->root["name"].str() == name && document->root["type"].str() == kType;
}

bool has_plugin(std::string_view name) {
  const std::string folders = plugin_folders();
  for (std::string_view folder : split(folders, ':')) {
    std::error_code error;
    for (fs::directory_iterator it(std::string(folder), error), end; !error && it != end; it.increment(error)) {
      if (is_plugin(it->path(), name)) return true;
    }
  }
  return false;
}

}  // namespace

void PostRendererFlag::declare(Flags& flags) {
  flags.add("post-renderer", 0, "DIR", "change what the chart gives by the kustomization in a folder", &names_);
  flags.add("post-renderer-args", 0, "FILE", "the resource of the kustomization that stands for what the chart gives; helm-output.yaml",
            &arguments_);
}

Result<render::PostRenderer> PostRendererFlag::get() const {
  if (names_.empty() || names_[0].empty()) return render::PostRenderer();
  constexpr std::string_view kFlag = "\"--post-renderer\" flag";
  const std::string& name = names_[0];
  std::error_code error;
  const bool folder = fs::is_directory(name, error);
  if (!folder && !has_plugin(name))
    return fail(Code::kNotFound, "invalid argument {} for {}: plugin: {{Name:{} Type:{}}} not found", quote(name), kFlag, name, kType);
  if (names_.size() > 1) {
    return fail(Code::kInvalid, "invalid argument {} for {}: cannot specify --post-renderer flag more than once", quote(names_[1]), kFlag);
  }
  if (!folder)
    return fail(Error(Code::kUnsupported, fmt::format("taut runs no plugins: --post-renderer {} cannot be kept", name))
                    .with_hint("--post-renderer takes a folder with a kustomization, too, which changes what the chart gives in process"));
  if (arguments_.size() > 1) return fail(Code::kInvalid, "--post-renderer-args: a kustomization takes one, the name of a file");
  kustomize::BuildOptions options;
  options.restriction = kustomize::LoadRestriction::kNone;
  options.prefix = "/";
  TAUT_ASSIGN(TreePtr disk, disk_tree("/"));
  const std::string path = fs::absolute(name, error).lexically_normal().relative_path().string();
  return render::kustomize_post_renderer(std::move(disk), path.ends_with('/') ? path.substr(0, path.size() - 1) : path,
                                         arguments_.empty() ? "helm-output.yaml" : arguments_[0], std::move(options));
}

}  // namespace taut::cli
