// taut helm template: a chart rendered as helm does.
#include <fmt/format.h>

#include "base/strings.hh"
#include "cli/chart_reference.hh"
#include "cli/helm_commands.hh"
#include "cli/helm_values.hh"
#include "cli/terminal.hh"
#include "helm/render.hh"
#include "render/machine_environment.hh"

namespace taut::cli {
namespace {

class HelmTemplate : public Command {
 public:
  void declare(Flags& flags) override;
  int run(const std::vector<std::string>& arguments) override;

 private:
  Result<helm::RenderOptions> options(const std::string& name) const;
  Result<std::string> render(const std::vector<std::string>& arguments);

  HelmValues values_;
  ChartReference reference_;
  helm::PrintOptions print_;
  std::vector<std::string> api_versions_;
  std::string name_space_ = "default", kube_version_, compat_ = "4.2";
  bool upgrade_ = false, skip_schema_ = false, sub_notes_ = false;
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
  out.environment = render::machine_environment();
  return out;
}

Result<std::string> HelmTemplate::render(const std::vector<std::string>& arguments) {
  TAUT_ASSIGN(helm::RenderOptions render_options, options(arguments.size() > 1 ? arguments[0] : "release-name"));
  TAUT_ASSIGN(Value values, values_.merged());
  TAUT_ASSIGN(helm::ChartPtr chart, reference_.load(arguments.back()));
  auto cache = std::make_unique<helm::RenderCache>();
  TAUT_ASSIGN(auto rendering, helm::render_release(chart, values, render_options, *cache));
  warnings_ = std::move(rendering.warnings);
  // What is no longer needed makes room for the output.
  cache.reset();
  chart.reset();
  return helm::print_rendering(rendering, print_, render_options.compat);
}

int HelmTemplate::run(const std::vector<std::string>& arguments) {
  if (arguments.empty() || arguments.size() > 2) {
    print_error("taut helm template takes [NAME] CHART");
    return kMisused;
  }
  auto output = render(arguments);
  for (const std::string& warning : warnings_) fmt::print(stderr, "{}\n", warning);
  if (!output) return print_helm_error(output.error());
  std::fwrite(output->data(), 1, output->size(), stdout);
  return kDone;
}

}  // namespace

std::unique_ptr<Command> make_helm_template() { return std::make_unique<HelmTemplate>(); }

}  // namespace taut::cli
