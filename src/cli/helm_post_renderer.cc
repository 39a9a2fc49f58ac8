#include "cli/helm_post_renderer.hh"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "base/strings.hh"
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
  flags.add("post-renderer", 0, "PLUGIN", "refused: taut runs no plugins", &names_);
  flags.add("post-renderer-args", 0, "TEXT", "not used: it is for --post-renderer", &arguments_);
}

Status PostRendererFlag::check() const {
  if (names_.empty() || names_[0].empty()) return {};
  constexpr std::string_view kFlag = "\"--post-renderer\" flag";
  if (!has_plugin(names_[0])) {
    return fail(Code::kNotFound, "invalid argument {} for {}: plugin: {{Name:{} Type:{}}} not found", quote(names_[0]), kFlag, names_[0],
                kType);
  }
  if (names_.size() > 1) {
    return fail(Code::kInvalid, "invalid argument {} for {}: cannot specify --post-renderer flag more than once", quote(names_[1]), kFlag);
  }
  return fail(Error(Code::kUnsupported, fmt::format("taut runs no plugins: --post-renderer {} cannot be kept", names_[0]))
                  .with_hint("a kustomization with helmCharts changes what a chart gives, in process: `taut kustomize build --enable-helm`"));
}

}  // namespace taut::cli
