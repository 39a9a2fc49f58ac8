// taut helm template: a chart rendered as helm does.
#include <fmt/format.h>

#include <chrono>
#include <map>

#include "base/strings.hh"
#include "cli/chart_reference.hh"
#include "cli/dependency_manager.hh"
#include "cli/helm_commands.hh"
#include "cli/helm_output.hh"
#include "cli/helm_post_renderer.hh"
#include "cli/helm_values.hh"
#include "cli/terminal.hh"
#include "helm/dependencies.hh"
#include "helm/render.hh"
#include "render/machine_environment.hh"
#include "tree/path.hh"

namespace taut::cli {
namespace {

class HelmTemplate : public Command {
 public:
  void declare(Flags& flags) override;
  int run(const std::vector<std::string>& arguments) override;

 private:
  Result<helm::RenderOptions> options(const std::string& name) const;
  Status check() const;
  Result<std::string> release_name(const std::vector<std::string>& arguments) const;
  Status update_dependencies(const std::string& chart) const;
  Result<std::string> render(const std::vector<std::string>& arguments);

  HelmValues values_;
  ChartReference reference_;
  helm::PrintOptions print_;
  std::vector<std::string> api_versions_;
  std::string name_space_ = "default", kube_version_, compat_ = "4.2";
  bool upgrade_ = false, skip_schema_ = false, sub_notes_ = false, debug_ = false, generate_name_ = false;
  bool use_release_name_ = false, validate_ = false, dependency_update_ = false;
  std::string output_folder_, name_template_, dry_run_ = "client";
  IgnoredFlags ignored_;
  PostRendererFlag post_renderer_;
  std::map<std::string, std::string> texts_;  // of templates whose documents cannot be read
  std::vector<std::string> warnings_;
};

void HelmTemplate::declare(Flags& flags) {
  values_.declare(flags);
  reference_.declare(flags);
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
  flags.add("output-dir", 0, "DIR", "write what templates give into files", &output_folder_);
  flags.add("release-name", 0, "", "a folder of the release's name in --output-dir", &use_release_name_);
  flags.add("name-template", 0, "TEMPLATE", "the name of the release, as a template", &name_template_);
  flags.add("generate-name", 'g', "", "a name of the chart's name and the time", &generate_name_);
  flags.add("debug", 0, "", "print what templates gave even where it is no YAML", &debug_);
  flags.add("dependency-update", 0, "", "bring missing dependencies into charts/ first", &dependency_update_);
  flags.add("dry-run", 0, "client", "client: there is no cluster here", &dry_run_, {"client", "true"});
  flags.add("validate", 0, "", "refused: it asks a cluster; see taut diff", &validate_);
  flags.add("compat", 0, "VERSION", "the version of helm whose output is given", &compat_, {"4.1", "4.2"});
  ignored_.declare(flags);
  post_renderer_.declare(flags);
}

Status HelmTemplate::check() const {
  if (validate_)
    return fail(Error(Code::kUnsupported, "--validate asks a cluster, and taut helm template has none")
                    .with_hint("`taut diff` shows what a cluster says of a chart"));
  return {};
}

Result<std::string> HelmTemplate::release_name(const std::vector<std::string>& arguments) const {
  if (arguments.size() > 1) {
    if (generate_name_) return fail(Code::kInvalid, "cannot set --generate-name and also specify a name");
    if (!name_template_.empty()) return fail(Code::kInvalid, "cannot set --name-template and also specify a name");
    return arguments[0];
  }
  if (!name_template_.empty()) return helm::render_text(name_template_, render::machine_environment());
  if (!generate_name_) return "release-name";
  std::string_view base = base_name(arguments[0]);
  if (base.empty() || base == ".") base = "chart";
  if (base.ends_with(".tgz")) base.remove_suffix(4);
  auto now = std::chrono::system_clock::now().time_since_epoch();
  return fmt::format("{}-{}", base, std::chrono::duration_cast<std::chrono::seconds>(now).count());
}

Status HelmTemplate::update_dependencies(const std::string& name) const {
  TAUT_ASSIGN(std::string path, reference_.local(name));
  if (path.empty()) return {};
  TAUT_ASSIGN(auto chart, load_chart_at(path));
  if (helm::check_dependencies(*chart)) return {};
  registry::ChartDownloader downloader = reference_.downloader();
  return DependencyManager(path, downloader, [](const std::string& line) { fmt::print("{}\n", line); }).update();
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
  out.environment = render::machine_environment();
  TAUT_ASSIGN(out.post_render, post_renderer_.get());
  return out;
}

Result<std::string> HelmTemplate::render(const std::vector<std::string>& arguments) {
  TAUT_TRY(check());
  TAUT_ASSIGN(std::string name, release_name(arguments));
  TAUT_ASSIGN(helm::RenderOptions render_options, options(name));
  if (debug_) render_options.texts = &texts_;
  if (dependency_update_) TAUT_TRY(update_dependencies(arguments.back()));
  TAUT_ASSIGN(Value values, values_.merged());
  TAUT_ASSIGN(helm::ChartPtr chart, reference_.load(arguments.back()));
  render_options.documents = false;
  helm::RenderCache cache(0);
  TAUT_ASSIGN(auto rendering, helm::render_release(chart, values, render_options, cache));
  warnings_ = std::move(rendering.warnings);
  // What is no longer needed makes room for the output.
  chart.reset();
  if (output_folder_.empty()) return helm::print_rendering(rendering, print_, render_options.compat);
  TAUT_TRY(write_rendering(rendering, print_, {output_folder_, use_release_name_ ? name : ""}));
  return "\n";
}

int HelmTemplate::run(const std::vector<std::string>& arguments) {
  if (arguments.empty() || arguments.size() > 2) {
    print_error("taut helm template takes [NAME] CHART");
    return kMisused;
  }
  auto output = render(arguments);
  for (const std::string& warning : warnings_) fmt::print(stderr, "{}\n", warning);
  if (!output) {
    if (!debug_) return print_helm_error(output.error());
    std::string texts;
    for (const auto& [path, text] : texts_)
      if (!trim(text).empty()) texts += fmt::format("---\n# Source: {}\n{}\n", path, text);
    fmt::print("{}\n", trim(texts));
    return print_helm_error(Error(output.error()).with_hint(""));
  }
  std::fwrite(output->data(), 1, output->size(), stdout);
  return kDone;
}

}  // namespace

std::unique_ptr<Command> make_helm_template() { return std::make_unique<HelmTemplate>(); }

}  // namespace taut::cli
