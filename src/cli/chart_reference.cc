#include "cli/chart_reference.hh"

#include <sys/stat.h>

#include "cli/helm_values.hh"
#include "base/strings.hh"
#include "tree/disk.hh"

namespace taut::cli {

Result<helm::ChartPtr> load_chart_at(const std::string& path) {
  struct stat info {};
  if (::stat(path.c_str(), &info) != 0) return fail(Code::kNotFound, "path {} not found", quote(path));
  if (S_ISDIR(info.st_mode)) {
    TAUT_ASSIGN(TreePtr tree, disk_tree(path));
    return helm::load_chart(*tree);
  }
  TAUT_ASSIGN(std::string bytes, read_helm_file(path));
  if (!bytes.starts_with("\x1f\x8b")) {
    bool yaml = path.ends_with(".yml") || path.ends_with(".yaml");
    return yaml ? fail(Code::kInvalid, "file '{}' seems to be a YAML file, but expected a gzipped archive", path)
                : fail(Code::kInvalid, "file '{}' does not appear to be a gzipped archive", path);
  }
  return helm::load_chart_archive(bytes);
}

void ChartReference::declare(Flags&) {}

Result<std::string> ChartReference::locate(const std::string& name) const { return name; }

Result<helm::ChartPtr> ChartReference::load(const std::string& name) const {
  TAUT_ASSIGN(std::string path, locate(name));
  return load_chart_at(path);
}

}  // namespace taut::cli
