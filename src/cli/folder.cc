#include "cli/folder.hh"

#include <fmt/format.h>

#include <cstdio>
#include <filesystem>

#include "base/strings.hh"
#include "cli/own_repositories.hh"
#include "cli/serving.hh"
#include "controller/remotes.hh"
#include "io/git/blame.hh"
#include "tree/disk.hh"

namespace taut::cli {

namespace fs = std::filesystem;

void FolderSource::declare(Flags& flags) {
  flags.add("recurse", 'R', "", "also the folders below", &recurse);
  flags.add("include", 0, "GLOB", "only files like this: '*.yaml', '{a,b}.yaml'", &include);
  flags.add("exclude", 0, "GLOB", "not files like this", &exclude);
}

Result<FolderPlace> place_of(const std::string& folder) {
  std::error_code error;
  fs::path whole = fs::canonical(folder, error);
  if (error || !fs::is_directory(whole, error)) return fail(Code::kNotFound, "{} is not a folder", folder);
  FolderPlace out;
  auto exists = [&](const char* name) { return fs::exists(whole / name, error); };
  bool refers = exists("kustomization.yaml") || exists("kustomization.yml") || exists("Kustomization") || exists("Chart.yaml");
  out.root = git::work_tree_of(whole.string()).value_or(refers ? "/" : whole.string());
  out.path = whole.lexically_relative(out.root).generic_string();
  TAUT_ASSIGN(out.tree, disk_tree(out.root));
  return out;
}

Result<render::Rendered> FolderSource::render(const std::string& folder) const {
  TAUT_ASSIGN(FolderPlace place, place_of(folder));
  Value directory = Value::map();
  if (recurse) directory.set("recurse", true);
  if (!include.empty()) directory.set("include", include);
  if (!exclude.empty()) directory.set("exclude", exclude);
  Value source = Value::map();
  if (!directory.empty()) source.set("directory", directory);
  render::RenderInput input;
  OwnRepositories repositories(default_data_folder());
  auto charts = controller::remote_charts(repositories);
  auto remotes = controller::remote_bases(repositories, /*local=*/true);
  input.tree = std::move(place.tree);
  input.path = std::move(place.path);
  input.charts = charts.get();
  input.remotes = remotes.get();
  input.source = std::move(source);
  TAUT_ASSIGN(auto rendered, render::render(input));
  for (const auto& warning : rendered.warnings) fmt::print(stderr, "warning: {}\n", warning.message);
  return rendered;
}

}  // namespace taut::cli
