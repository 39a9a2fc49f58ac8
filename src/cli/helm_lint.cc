// taut helm lint: what helm has against charts.
#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "base/strings.hh"
#include "cli/chart_reference.hh"
#include "cli/helm_commands.hh"
#include "cli/helm_values.hh"
#include "cli/terminal.hh"
#include "helm/lint.hh"
#include "render/machine_environment.hh"
#include "tree/archive.hh"
#include "tree/disk.hh"
#include "tree/views.hh"

namespace taut::cli {
namespace {

namespace fs = std::filesystem;
using helm::LintMessage;
using helm::Severity;

bool is_archive(std::string_view path) { return path.ends_with(".tgz") || path.ends_with(".tar.gz"); }

// The chart in a folder, or that in an archive.
Result<TreePtr> open_chart(const std::string& path) {
  if (!is_archive(path)) {
    std::error_code error;
    std::string file = (fs::path(path) / "Chart.yaml").lexically_normal().string();
    if (!fs::exists(file, error))
      return fail(Code::kNotFound, "unable to check Chart.yaml file in chart: stat {}: no such file or directory", file);
    return disk_tree(path);
  }
  auto bytes = read_helm_file(path);
  if (!bytes) return fail(bytes.error().code(), "unable to open tarball: {}", bytes.error().message());
  auto files = read_archive(*bytes);
  if (!files) return fail(files.error().code(), "unable to extract tarball: {}", files.error().message());
  TAUT_ASSIGN(auto entries, (*files)->list(""));
  for (const TreeEntry& entry : entries)
    if (entry.type == TreeEntry::Type::kFolder && (*files)->stat(entry.name + "/Chart.yaml")) return sub_tree(*files, entry.name);
  return fail(Code::kInvalid, "unable to extract tarball: chart name not specified");
}

class Lint : public Command {
 public:
  void declare(Flags& flags) override {
    values_.declare(flags);
    flags.add("strict", 0, "", "fail on warnings", &strict_);
    flags.add("with-subcharts", 0, "", "the charts of charts/, too", &subcharts_);
    flags.add("quiet", 0, "", "only warnings and errors", &quiet_);
    flags.add("skip-schema-validation", 0, "", "do not check values.schema.json", &skip_schema_);
    flags.add("namespace", 'n', "NAME", "the namespace of the release", &name_space_);
    flags.add("kube-version", 0, "VERSION", "the Kubernetes version that templates see, and whose deprecations count", &kube_version_);
    flags.add("compat", 0, "VERSION", "the version of helm whose output is given", &compat_, {"4.1", "4.2"});
  }

  int run(const std::vector<std::string>& arguments) override {
    if (arguments.empty()) {
      print_error("which charts? taut helm lint PATH...");
      return kMisused;
    }
    auto render = options();
    auto values = render ? values_.merged() : Result<Value>(fail(render.error()));
    if (!values) return print_helm_error(values.error());
    std::vector<std::string> paths = arguments;
    if (subcharts_)
      for (const std::string& path : arguments) add_subcharts(path, paths);
    int failed = 0, noted = 0;
    std::string out;
    for (const std::string& path : paths) lint(path, *values, *render, out, failed, noted);
    fmt::print("{}", out);
    std::string summary = fmt::format("{} chart(s) linted, {} chart(s) failed", paths.size(), failed);
    if (failed > 0) return print_helm_error(Error(Code::kInvalid, summary));
    if (!quiet_ || noted > 0) fmt::print("{}\n", summary);
    return kDone;
  }

 private:
  Result<helm::RenderOptions> options() const {
    helm::RenderOptions out;
    out.compat = compat_ == "4.1" ? helm::Compat::kHelm41 : helm::Compat::kHelm42;
    out.capabilities = helm::default_capabilities(out.compat);
    if (!kube_version_.empty()) {
      auto version = helm::KubeVersion::parse(kube_version_);
      if (!version) return fail(Code::kInvalid, "invalid kube version '{}': {}", kube_version_, version.error().message());
      out.capabilities.kube_version = std::move(*version);
    }
    out.release.name_space = name_space_;
    out.skip_schema = skip_schema_;
    out.environment = render::machine_environment();
    return out;
  }

  // In the order of a walk, names sorted in each folder.
  static void add_subcharts(const std::string& path, std::vector<std::string>& out) {
    std::vector<fs::path> found;
    std::error_code error;
    for (const auto& entry : fs::recursive_directory_iterator(fs::path(path) / "charts", error)) found.push_back(entry.path());
    std::ranges::sort(found);
    for (const fs::path& file : found) {
      if (file.filename() == "Chart.yaml") {
        out.push_back(file.parent_path().string());
      } else if (is_archive(file.string())) {
        out.push_back(file.string());
      }
    }
  }

  void lint(const std::string& path, const Value& values, const helm::RenderOptions& render, std::string& out, int& failed, int& noted) {
    auto chart = open_chart(path);
    std::vector<LintMessage> messages;
    if (chart) {
      fs::path folder = fs::absolute(path).lexically_normal();
      messages = helm::lint_chart(**chart, values, {folder.has_filename() ? folder.string() : folder.parent_path().string(), render});
    }
    Severity lowest = strict_ ? Severity::kWarning : Severity::kError;
    auto above = [&](Severity severity) {
      return std::ranges::any_of(messages, [&](const LintMessage& message) { return message.severity >= severity; });
    };
    bool noteworthy = !chart || above(Severity::kWarning);
    noted += noteworthy;
    if (quiet_ && !noteworthy) return;
    out += fmt::format("==> Linting {}\n", path);
    if (!chart) out += fmt::format("Error {}\n", chart.error().message());
    for (const LintMessage& message : messages)
      if (!quiet_ || message.severity > Severity::kInfo) out += message.to_string() + "\n";
    failed += !chart || above(lowest);
    out += '\n';
  }

  HelmValues values_;
  bool strict_ = false, subcharts_ = false, quiet_ = false, skip_schema_ = false;
  std::string name_space_ = "default", kube_version_, compat_ = "4.2";
};

}  // namespace

std::unique_ptr<Command> make_helm_lint() { return std::make_unique<Lint>(); }

}  // namespace taut::cli
