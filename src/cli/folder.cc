#include "cli/folder.hh"

#include <fmt/format.h>
#include <sys/stat.h>

#include <cstdio>

#include "base/strings.hh"
#include "tree/disk.hh"

namespace taut::cli {

void FolderSource::declare(Flags& flags) {
  flags.add("recurse", 'R', "", "also the folders below", &recurse);
  flags.add("include", 0, "GLOB", "only files like this: '*.yaml', '{a,b}.yaml'", &include);
  flags.add("exclude", 0, "GLOB", "not files like this", &exclude);
}

Result<render::Rendered> FolderSource::render(const std::string& folder) const {
  struct stat info {};
  if (::stat(folder.c_str(), &info) != 0 || !S_ISDIR(info.st_mode))
    return fail(Code::kNotFound, "{} is not a folder", folder);
  TAUT_ASSIGN(TreePtr tree, disk_tree(folder));
  Value directory = Value::map();
  if (recurse) directory.set("recurse", true);
  if (!include.empty()) directory.set("include", include);
  if (!exclude.empty()) directory.set("exclude", exclude);
  Value source = Value::map();
  if (!directory.empty()) source.set("directory", directory);
  render::RenderInput input;
  input.tree = std::move(tree);
  input.source = std::move(source);
  TAUT_ASSIGN(auto rendered, render::render(input));
  for (const auto& warning : rendered.warnings) fmt::print(stderr, "warning: {}\n", warning.message);
  return rendered;
}

}  // namespace taut::cli
