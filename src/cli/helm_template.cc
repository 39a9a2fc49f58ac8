#include "cli/helm_template.hh"

#include <sys/random.h>
#include <sys/stat.h>

#include <fstream>
#include <iostream>
#include <sstream>

#include "base/strings.hh"
#include "tree/disk.hh"

namespace taut::cli {

namespace {

// As Go's os.ReadFile; "-" is standard input.
Result<std::string> read_file(std::string_view path) {
  std::ostringstream out;
  if (trim(path) == "-") {
    out << std::cin.rdbuf();
    return out.str();
  }
  std::ifstream file{std::string(path), std::ios::binary};
  if (!file) return fail(Code::kNotFound, "open {}: no such file or directory", path);
  out << file.rdbuf();
  return out.str();
}

Result<helm::ChartPtr> load(const std::string& path) {
  struct stat info {};
  if (::stat(path.c_str(), &info) != 0) return fail(Code::kNotFound, "path {} not found", quote(path));
  if (S_ISDIR(info.st_mode)) {
    TAUT_ASSIGN(TreePtr tree, disk_tree(path));
    return helm::load_chart(*tree);
  }
  TAUT_ASSIGN(std::string bytes, read_file(path));
  if (!bytes.starts_with("\x1f\x8b")) {
    bool yaml = path.ends_with(".yml") || path.ends_with(".yaml");
    return yaml ? fail(Code::kInvalid, "file '{}' seems to be a YAML file, but expected a gzipped archive", path)
                : fail(Code::kInvalid, "file '{}' does not appear to be a gzipped archive", path);
  }
  return helm::load_chart_archive(bytes);
}

void fill_random(std::span<uint8_t> bytes) {
  while (!bytes.empty()) {
    ssize_t got = getrandom(bytes.data(), bytes.size(), 0);
    if (got > 0) bytes = bytes.subspan(static_cast<size_t>(got));
  }
}

Time now() { return std::chrono::time_point_cast<Duration>(std::chrono::system_clock::now()); }

}  // namespace

void HelmTemplate::declare(Flags& flags) {
  flags.add("values", 'f', "FILE", "values in a YAML file (- for standard input); can be given several times", &files_);
  flags.add("set", 0, "KEY=VALUE", "set values: a=1,b.c=x,d={x,y}; can be given several times", &values_.typed);
  flags.add("set-string", 0, "KEY=VALUE", "as --set, all values are text", &values_.strings);
  flags.add("set-json", 0, "KEY=JSON", "set JSON values, or a whole JSON object", &values_.json);
  flags.add("set-file", 0, "KEY=FILE", "set values to the text of files", &values_.set_files);
  flags.add("set-literal", 0, "KEY=TEXT", "set one value, taken as it is", &values_.literals);
  flags.add("namespace", 'n', "NAME", "the namespace of the release", &name_space_);
  flags.add("kube-version", 0, "VERSION", "the Kubernetes version that templates see", &kube_version_);
  flags.add("api-versions", 'a', "LIST", "further API versions that templates see", &api_versions_);
  flags.add("show-only", 's', "TEMPLATE", "only what these templates gave", &print_.show_only);
  flags.add("include-crds", 0, "", "also the files of crds/", &print_.include_crds);
  flags.add("no-hooks", 0, "", "leave hooks out", &print_.no_hooks);
  flags.add("skip-tests", 0, "", "leave tests out", &print_.skip_tests);
  flags.add("is-upgrade", 0, "", "set .Release.IsUpgrade instead of .Release.IsInstall", &upgrade_);
  flags.add("skip-schema-validation", 0, "", "do not check values.schema.json", &skip_schema_);
  flags.add("render-subchart-notes", 0, "", "also the notes of subcharts", &sub_notes_);
  flags.add("compat", 0, "VERSION", "the version of helm whose output is given", &compat_, {"4.1", "4.2"});
}

Result<helm::RenderOptions> HelmTemplate::options(const std::string& name) const {
  helm::RenderOptions out;
  out.compat = compat_ == "4.1" ? helm::Compat::kHelm41 : helm::Compat::kHelm42;
  out.capabilities = helm::default_capabilities(out.compat);
  if (!kube_version_.empty()) {
    auto version = helm::KubeVersion::parse(kube_version_);
    if (!version) {
      return fail(Code::kInvalid, "invalid kube version '{}': {}", kube_version_, version.error().message());
    }
    out.capabilities.kube_version = std::move(*version);
  }
  for (const std::string& list : api_versions_) {
    for (std::string_view version : split(list, ',')) out.capabilities.api_versions.emplace_back(version);
  }
  out.release = {.name = name, .name_space = name_space_, .upgrade = upgrade_};
  out.skip_schema = skip_schema_;
  out.sub_notes = sub_notes_;
  out.environment.now = now;
  out.environment.random = fill_random;
  return out;
}

Result<helm::ValueSources> HelmTemplate::sources() const {
  helm::ValueSources out = values_;
  for (const std::string& list : files_) {
    for (std::string_view file : split(list, ',')) {
      TAUT_ASSIGN(std::string text, read_file(file));
      out.files.push_back({std::string(file), std::move(text)});
    }
  }
  return out;
}

Result<std::string> HelmTemplate::run(const std::vector<std::string>& arguments) {
  TAUT_ASSIGN(helm::RenderOptions render_options, options(arguments.size() > 1 ? arguments[0] : "release-name"));
  TAUT_ASSIGN(helm::ValueSources given, sources());
  TAUT_ASSIGN(Value values, helm::merge_value_sources(given, read_file));
  TAUT_ASSIGN(helm::ChartPtr chart, load(arguments.back()));
  helm::RenderCache cache;
  TAUT_ASSIGN(auto rendering, helm::render_release(chart, values, render_options, cache));
  warnings_ = std::move(rendering.warnings);
  return helm::print_rendering(rendering, print_, render_options.compat);
}

}  // namespace taut::cli
