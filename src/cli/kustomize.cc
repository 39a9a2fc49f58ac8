// taut kustomize build: what `kustomize build` prints, with its flags. taut kustomize why: where a value comes from.
#include <fmt/format.h>

#include <filesystem>
#include <fstream>
#include <set>

#include "base/strings.hh"
#include "cli/all.hh"
#include "cli/own_repositories.hh"
#include "cli/serving.hh"
#include "cli/terminal.hh"
#include "controller/remotes.hh"
#include "kustomize/build.hh"
#include "kustomize/why.hh"
#include "render/kustomize_charts.hh"
#include "render/machine_environment.hh"
#include "tree/disk.hh"
#include "value/json.hh"
#include "yaml/writer.hh"

namespace taut::cli {
namespace {

namespace fs = std::filesystem;

// "apps_v1_deployment_web.yaml", as kustomize names files in an output folder.
std::string file_name(const kustomize::BuiltResource& resource, bool with_namespace) {
  Gvk gvk = Gvk::of(resource.object);
  std::string out;
  if (with_namespace) {
    std::string_view ns = namespace_of(resource.object);
    out = to_lower(ns.empty() ? "default" : ns) + "_";
  }
  for (const std::string& part : {gvk.group, gvk.version, gvk.kind})
    if (!part.empty()) out += to_lower(part) + "_";
  return out + to_lower(name_of(resource.object)) + ".yaml";
}

Status write_file(const fs::path& path, const std::string& text) {
  std::ofstream out(path, std::ios::binary);
  out << text;
  out.flush();
  if (out) return {};
  return fail(Code::kForbidden, "open {}: cannot be written", path.string());
}

Status write_folder(const fs::path& folder, const kustomize::Built& built) {
  std::set<std::string> spaces;
  for (const auto& resource : built.resources)
    if (!resource.cluster_scoped) spaces.insert(std::string(namespace_of(resource.object)));
  for (const auto& resource : built.resources) {
    bool with_namespace = spaces.size() > 1 && !resource.cluster_scoped;
    TAUT_TRY(write_file(folder / file_name(resource, with_namespace), to_yaml(resource.object)));
  }
  return {};
}

// A value on one line, cut where it gets long.
std::string short_value(const std::optional<Value>& value) {
  constexpr size_t kLongest = 80;
  if (!value) return "-";
  std::string text = to_json(*value);
  return text.size() > kLongest ? text.substr(0, kLongest) + "..." : text;
}

void print_why(const kustomize::Why& why, const fs::path& here) {
  fmt::print("{} {} = {}\n", why.object, why.field, short_value(why.value));
  std::vector<std::vector<std::string>> rows;
  for (const kustomize::WhyStep& step : why.steps) {
    std::string place = step.file.empty() ? "" : fs::path("/" + step.file).lexically_proximate(here).string();
    if (step.line != 0) place += ":" + std::to_string(step.line);
    std::string change = short_value(step.after);
    if (step.before) change = short_value(step.before) + " -> " + change;
    rows.push_back({place, step.what, change});
  }
  fmt::print("{}", table(rows));
}

class Kustomize : public Command {
 public:
  void declare(Flags& flags) override {
    flags.add("output", 'o', "PATH", "write to this file, or one file an object into this folder", &output_);
    flags.add("load-restrictor", 0, "NAME", "LoadRestrictionsNone: files may lie outside of their kustomization",
              &restrictor_);
    flags.add("reorder", 0, "ORDER", "legacy or none; `sortOptions` of the kustomization comes first", &reorder_);
    flags.add("enable-helm", 0, "", "render `helmCharts`", &options_.enable_helm);
    flags.add("helm-kube-version", 0, "VERSION", "what charts see as the version of Kubernetes",
              &options_.helm_kube_version);
    flags.add("helm-api-versions", 0, "VERSION", "what charts see as API versions", &options_.helm_api_versions);
    flags.add("helm-command", 0, "PATH", "not used: charts are rendered here", &helm_command_);
    flags.add("helm-debug", 0, "", "not used: errors of charts are always told whole", &options_.helm_debug);
    flags.add("enable-managedby-label", 0, "", "add the label app.kubernetes.io/managed-by",
              &options_.managed_by_label);
    flags.add("compat", 0, "VERSION", "build as kustomize 5.7 (kubectl 1.35, Argo CD) or 5.8", &compat_,
              {"5.7", "5.8"});
    flags.add("enable-alpha-plugins", 0, "", "refused: taut runs no plugins", &plugins_);
    flags.add("network", 0, "", "refused: it is for plugins", &network_);
    flags.add("network-name", 0, "NAME", "refused: it is for plugins", &network_name_);
    flags.add("mount", 0, "MOUNT", "refused: it is for plugins", &mounts_);
    flags.add("env", 'e', "NAME=VALUE", "refused: it is for plugins", &environment_);
    flags.add("as-current-user", 0, "", "refused: it is for plugins", &current_user_);
  }

  int run(const std::vector<std::string>& arguments) override {
    bool asks_why = !arguments.empty() && arguments[0] == "why" && arguments.size() == 3;
    if (!asks_why && (arguments.empty() || arguments[0] != "build")) {
      print_error("what to do is missing. Usage: taut kustomize build [DIR], or taut kustomize why DIR FIELD");
      return kMisused;
    }
    Status status = asks_why               ? explain(arguments[1], arguments[2])
                    : arguments.size() > 2 ? Status(fail(Code::kInvalid, "specify one path to kustomization.yaml"))
                                           : build(arguments.size() > 1 ? arguments[1] : ".");
    if (status) return kDone;
    fmt::print(stderr, "Error: {}\n", status.error().message());
    if (!status.error().hint().empty()) fmt::print(stderr, "Hint: {}\n", status.error().hint());
    return kFailed;
  }

 private:
  Status read_flags() {
    if (plugins_ || network_ || current_user_ || !mounts_.empty() || !environment_.empty() || !network_name_.empty())
      return fail(Code::kUnsupported, "plugins are not run by taut; generators and transformers that are built in work "
                                      "without a flag");
    if (!reorder_.empty()) {
      fmt::print(stderr, "Flag --reorder has been deprecated, use the new 'sortOptions' field in kustomization.yaml instead.\n");
      TAUT_TRY(kustomize::set_reorder(reorder_, options_));
    }
    TAUT_TRY(kustomize::set_load_restrictor(restrictor_, options_));
    options_.compat = compat_ == "5.7" ? kustomize::Compat::k57 : kustomize::Compat::k58;
    options_.prefix = "/";
    options_.warn = [](const std::string& warning) { fmt::print(stderr, "{}\n", warning); };
    options_.helm = render::chart_renderer(render::machine_environment(), charts_.get());
    options_.remotes = remotes_.get();
    return {};
  }

  Status explain(const std::string& folder, const std::string& field) {
    TAUT_TRY(read_flags());
    options_.trace = true;
    TAUT_ASSIGN(TreePtr disk, disk_tree("/"));
    fs::path here = fs::current_path();
    TAUT_ASSIGN(kustomize::Built built,
                kustomize::build(*disk, (here / folder).lexically_normal().string(), options_, folder));
    TAUT_ASSIGN(kustomize::Why why, kustomize::why(built, *disk, field));
    print_why(why, here);
    return {};
  }

  Status build(const std::string& folder) {
    TAUT_TRY(read_flags());
    TAUT_ASSIGN(TreePtr disk, disk_tree("/"));
    std::error_code error;
    std::string path = (fs::current_path(error) / folder).lexically_normal().string();
    TAUT_ASSIGN(kustomize::Built built, kustomize::build(*disk, path, options_, folder));
    if (fs::is_directory(output_, error)) return write_folder(output_, built);
    std::string text = kustomize::to_text(built);
    if (!output_.empty()) return write_file(output_, text);
    std::fwrite(text.data(), 1, text.size(), stdout);
    return {};
  }

  OwnRepositories repositories_{default_data_folder()};
  std::shared_ptr<render::RemoteCharts> charts_ = controller::remote_charts(repositories_);
  std::unique_ptr<kustomize::Remotes> remotes_ = controller::remote_bases(repositories_, /*local=*/true);
  kustomize::BuildOptions options_;
  std::string output_, restrictor_, reorder_, helm_command_, network_name_, compat_ = "5.8";
  std::vector<std::string> mounts_, environment_;
  bool plugins_ = false, network_ = false, current_user_ = false;
};

}  // namespace

std::unique_ptr<Command> make_kustomize() { return std::make_unique<Kustomize>(); }

}  // namespace taut::cli
