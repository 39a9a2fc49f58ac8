#include "cli/helm_output.hh"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <utility>

namespace taut::cli {
namespace {

namespace fs = std::filesystem;

Status write_part(const std::string& folder, const std::string& path, const std::string& text, bool append) {
  std::string file = folder + "/" + path;
  std::error_code error;
  fs::create_directories(fs::path(file).parent_path(), error);
  std::ofstream out(file, std::ios::binary | (append ? std::ios::app : std::ios::trunc));
  out << "---\n# Source: " << path << "\n" << text << "\n";
  out.flush();
  if (!out) return fail(Code::kForbidden, "open {}: cannot be written", file);
  fmt::print("wrote {}\n", file);
  return {};
}

}  // namespace

Status write_rendering(const helm::Rendering& rendering, const helm::PrintOptions& options, const OutputFolder& folder) {
  std::string below = folder.release.empty() ? folder.path : folder.path + "/" + folder.release;
  std::map<std::string, bool> written;
  if (options.include_crds)
    for (const helm::CrdFile& crd : rendering.crds)
      TAUT_TRY(write_part(folder.path, crd.path, *crd.text, std::exchange(written[crd.path], true)));
  for (const helm::Manifest& manifest : rendering.manifests)
    TAUT_TRY(write_part(below, manifest.path, manifest.text, std::exchange(written[manifest.path], true)));
  for (const helm::Hook& hook : rendering.hooks) {
    bool test = std::ranges::find(hook.events, "test") != hook.events.end();
    if (options.no_hooks || (options.skip_tests && test)) continue;
    // Helm appends to any file that is there, be it of an earlier run.
    std::error_code error;
    bool there = fs::exists(below + "/" + hook.manifest.path, error);
    TAUT_TRY(write_part(below, hook.manifest.path, hook.manifest.text, there));
  }
  return {};
}

void IgnoredFlags::declare(Flags& flags) {
  constexpr std::string_view kHelp = "no effect without a cluster";
  for (std::string_view name : {"wait-for-jobs", "atomic", "create-namespace", "disable-openapi-validation", "enable-dns",
                                "force", "force-conflicts", "force-replace", "hide-notes", "replace", "rollback-on-failure",
                                "server-side", "skip-crds", "take-ownership"})
    flags.add(name, 0, "", kHelp, &switch_);
  flags.add("wait", 0, "HOW", kHelp, &text_);
  flags.alone_means("watcher");
  for (std::string_view name : {"description", "timeout", "labels", "kubeconfig", "kube-context"})
    flags.add(name, 0, "TEXT", kHelp, &text_);
}

}  // namespace taut::cli
