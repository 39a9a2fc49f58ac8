// taut helm install, upgrade.
#include <fmt/format.h>

#include "base/strings.hh"
#include "cli/chart_reference.hh"
#include "cli/helm_commands.hh"
#include "cli/helm_post_renderer.hh"
#include "cli/helm_release.hh"
#include "cli/helm_release_print.hh"
#include "cli/helm_values.hh"
#include "cli/terminal.hh"
#include "helm/dependencies.hh"
#include "port/clock.hh"
#include "tree/path.hh"

namespace taut::cli {
namespace {

// What both have.
class Deploying : public Command {
 public:
  void declare(Flags& flags) override {
    cluster_.declare(flags);
    manner_.declare(flags);
    values_.declare(flags);
    reference_.declare(flags);
    post_renderer_.declare(flags);
    declare_output(flags, output_);
    flags.add("create-namespace", 0, "", "create the namespace if it is not there", &create_namespace_);
    flags.add("skip-crds", 0, "", "do not create the definitions of crds/", &skip_crds_);
    flags.add("rollback-on-failure", 0, "", "undo what was done if it fails; waits as with --wait", &rollback_);
    flags.add("atomic", 0, "", "deprecated, use --rollback-on-failure", &rollback_);
    flags.add("take-ownership", 0, "", "take over objects that belong to nobody or to others", &take_ownership_);
    flags.add("description", 0, "TEXT", "a description in place of helm's", &description_);
    flags.add("labels", 'l', "LIST", "labels for the record of the release: a=b,c=d", &labels_);
    flags.add("skip-schema-validation", 0, "", "do not check values.schema.json", &skip_schema_);
    flags.add("disable-openapi-validation", 0, "", "accepted; the server validates", &no_openapi_);
    flags.add("render-subchart-notes", 0, "", "also the notes of subcharts", &sub_notes_);
    flags.add("hide-notes", 0, "", "do not print notes", &hide_notes_);
    flags.add("hide-secret", 0, "", "with --dry-run: leave Secrets out of what is printed", &hide_secret_);
    flags.add("debug", 0, "", "print values, hooks and manifest too", &debug_);
  }

 protected:
  Result<release::Rendered> rendered(const std::string& chart) {
    release::Rendered out;
    TAUT_ASSIGN(out.post_render, post_renderer_.get());
    TAUT_ASSIGN(out.chart, reference_.load(chart));
    TAUT_ASSIGN(out.values, values_.merged());
    if (Status complete = helm::check_dependencies(*out.chart); !complete) return fail(complete.error());
    if (out.chart->metadata.deprecated) helm_warning("this chart is deprecated");
    for (const std::string& warning : out.chart->warnings) fmt::print(stderr, "{}\n", warning);
    out.skip_schema = skip_schema_;
    out.sub_notes = sub_notes_;
    out.hide_secrets = hide_secret_;
    return out;
  }

  Result<release::InstallOptions> install_options(const std::string& name, const std::string& chart) {
    release::InstallOptions out;
    TAUT_ASSIGN(static_cast<release::Manner&>(out), manner_.get());
    TAUT_ASSIGN(out.from, rendered(chart));
    TAUT_ASSIGN(out.labels, parse_labels(labels_));
    out.name = name;
    out.ns = cluster_.ns();
    out.description = description_;
    out.create_namespace = create_namespace_;
    out.rollback_on_failure = rollback_;
    out.take_ownership = take_ownership_;
    if (skip_crds_) out.crds = release::Crds::kSkip;
    return out;
  }

  // Runs it and prints what came of it; an error begins with `failed`.
  int finish(release::Operation operation, const std::string& name, std::string_view failed, std::string_view done) {
    const release::Outcome& outcome = drive(operation, name);
    if (!outcome.status) {
      const Error& error = outcome.status.error();
      return print_helm_error(Error(error).with_message(std::string(failed) + error.message()));
    }
    if (output_ == "table") fmt::print("{}", done);
    return print_release(*outcome.release, output_, {.debug = debug_, .hide_notes = hide_notes_});
  }

  HelmCluster cluster_;
  HelmManner manner_;
  HelmValues values_;
  ChartReference reference_;
  PostRendererFlag post_renderer_;
  std::string output_ = "table", description_;
  std::vector<std::string> labels_;
  bool create_namespace_ = false, skip_crds_ = false, rollback_ = false, take_ownership_ = false;
  bool skip_schema_ = false, no_openapi_ = false, sub_notes_ = false, hide_notes_ = false, hide_secret_ = false;
  bool debug_ = false;
};

class HelmInstall : public Deploying {
 public:
  void declare(Flags& flags) override {
    Deploying::declare(flags);
    flags.add("generate-name", 'g', "", "make a name from the chart's", &generate_name_);
    flags.add("replace", 0, "", "take the name of an uninstalled or failed release", &replace_);
    flags.add("server-side", 0, "", "apply on the server", &server_side_);
  }

  int run(const std::vector<std::string>& arguments) override {
    std::string name, chart;
    if (Status named = name_and_chart(arguments, name, chart); !named) return failed(named.error());
    if (Status opened = cluster_.open(); !opened) return failed(opened.error());
    auto options = install_options(name, chart);
    if (!options) return failed(options.error());
    options->replace = replace_;
    options->server_side = server_side_;
    return finish(release::Operation::install(cluster_.world(), std::move(*options)), name, kFailedText, "");
  }

 private:
  static constexpr std::string_view kFailedText = "INSTALLATION FAILED: ";
  static int failed(const Error& error) {
    return print_helm_error(Error(error).with_message(std::string(kFailedText) + error.message()));
  }

  Status name_and_chart(const std::vector<std::string>& arguments, std::string& name, std::string& chart) const {
    if (arguments.empty()) return fail(Code::kInvalid, "\"helm install\" requires at least 1 argument");
    if (arguments.size() > 2) {
      return fail(Code::kInvalid, "expected at most two arguments, unexpected arguments: {}",
                  join(std::vector<std::string>(arguments.begin() + 2, arguments.end()), ", "));
    }
    chart = arguments.back();
    if (arguments.size() == 2) {
      name = arguments[0];
      if (!generate_name_) return {};
      return fail(Code::kInvalid, "cannot set --generate-name and also specify a name");
    }
    if (!generate_name_) return fail(Code::kInvalid, "must either provide a name or specify --generate-name");
    std::string base(base_name(chart));
    if (base.empty() || base == ".") base = "chart";
    auto seconds = std::chrono::floor<std::chrono::seconds>(SystemClock().now()).time_since_epoch().count();
    name = fmt::format("{}-{}", base.substr(0, base.find('.')), seconds);
    return {};
  }

  bool generate_name_ = false, replace_ = false, server_side_ = true;
};

class HelmUpgrade : public Deploying {
 public:
  void declare(Flags& flags) override {
    Deploying::declare(flags);
    flags.add("install", 'i', "", "install the release if it is not there", &install_);
    flags.add("server-side", 0, "HOW", "true, false, or auto: as the release before", &server_side_);
    flags.add("reset-values", 0, "", "start from the chart's values", &reset_);
    flags.add("reuse-values", 0, "", "start from the last release's values, the chart's defaults of then included", &reuse_);
    flags.add("reset-then-reuse-values", 0, "", "start from the new chart's values, then the last release's", &both_);
    flags.add("history-max", 0, "N", "how many revisions to keep; 0: all", &history_);
    flags.add("cleanup-on-fail", 0, "", "delete what was created if it fails", &cleanup_);
  }

  int run(const std::vector<std::string>& arguments) override {
    if (arguments.size() != 2) {
      print_error("\"helm upgrade\" requires 2 arguments");
      return kFailed;
    }
    if (Status opened = cluster_.open(); !opened) return print_helm_error(opened.error());
    bool uninstalled = false;
    if (install_ && is_absent(arguments[0], uninstalled)) return install(arguments, uninstalled);
    auto options = upgrade_options(arguments);
    if (!options) return print_helm_error(options.error());
    return finish(release::Operation::upgrade(cluster_.world(), std::move(*options)), arguments[0],
                  "UPGRADE FAILED: ",
                  fmt::format("Release {} has been upgraded. Happy Helming!\n", quote(arguments[0])));
  }

 private:
  bool is_absent(const std::string& name, bool& uninstalled) {
    auto last = cluster_.storage().last(name);
    uninstalled = last && last->status == release::kUninstalled;
    return uninstalled || (!last && last.error().code() == Code::kNotFound);
  }

  int install(const std::vector<std::string>& arguments, bool replace) {
    if (output_ == "table") fmt::print("Release {} does not exist. Installing it now.\n", quote(arguments[0]));
    auto options = install_options(arguments[0], arguments[1]);
    if (!options) return print_helm_error(options.error());
    options->replace = replace;
    options->server_side = server_side_ != "false";
    return finish(release::Operation::install(cluster_.world(), std::move(*options)), arguments[0], "", "");
  }

  Result<release::UpgradeOptions> upgrade_options(const std::vector<std::string>& arguments) {
    release::UpgradeOptions out;
    TAUT_ASSIGN(static_cast<release::Manner&>(out), manner_.get());
    TAUT_ASSIGN(out.from, rendered(arguments[1]));
    TAUT_ASSIGN(out.labels, parse_labels(labels_));
    TAUT_ASSIGN(out.server_side, parse_server_side(server_side_));
    out.name = arguments[0];
    out.description = description_;
    out.rollback_on_failure = rollback_;
    out.cleanup_on_fail = cleanup_;
    out.take_ownership = take_ownership_;
    out.max_history = history_;
    out.reuse = reset_   ? release::Reuse::kReset
                : reuse_ ? release::Reuse::kReuse
                : both_  ? release::Reuse::kResetThenReuse
                         : release::Reuse::kDefault;
    return out;
  }

  std::string server_side_ = "auto";
  bool install_ = false, reset_ = false, reuse_ = false, both_ = false, cleanup_ = false;
  int history_ = 10;
};

}  // namespace

std::unique_ptr<Command> make_helm_install() { return std::make_unique<HelmInstall>(); }
std::unique_ptr<Command> make_helm_upgrade() { return std::make_unique<HelmUpgrade>(); }

}  // namespace taut::cli
