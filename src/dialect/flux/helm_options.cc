#include "dialect/flux/helm_options.hh"

namespace taut::flux {
namespace {

constexpr int kMaxHistory = 5;

void set_manner(release::Manner& manner, const Value& spec, std::string_view action) {
  const Value& settings = spec[action];
  manner.timeout = helm_timeout(spec, action);
  manner.waiting = settings["disableWait"].as_bool() ? release::Waiting::kHooksOnly : release::Waiting::kReady;
  manner.wait_for_jobs = !settings["disableWaitForJobs"].as_bool();
  manner.no_hooks = settings["disableHooks"].as_bool();
}

// Without a word CustomResourceDefinitions are made, for upgrades too, but never changed.
release::Crds crds_of(const Value& settings) {
  std::string_view policy = settings["crds"].as_string();
  if (policy == "Skip") return release::Crds::kSkip;
  return policy == "CreateReplace" ? release::Crds::kCreateReplace : release::Crds::kCreate;
}

// Conflicts of server-side apply are always forced; without it, `force` replaces.
release::ServerSide choose_side(release::Manner& manner, const Value& settings, std::string_view method) {
  std::string_view said = settings["serverSideApply"].as_string();
  bool server = said == "enabled" || (said != "disabled" && method == "ssa");
  manner.force_conflicts = server;
  manner.force_replace = !server && settings["force"].as_bool();
  return server ? release::ServerSide::kYes : release::ServerSide::kNo;
}

int max_history(const Value& spec) { return static_cast<int>(spec["maxHistory"].as_int(kMaxHistory)); }

std::string propagation_of(const Value& settings) {
  std::string_view said = settings["deletionPropagation"].as_string();
  if (said == "foreground") return "Foreground";
  return said == "orphan" ? "Orphan" : "Background";
}

}  // namespace

release::InstallOptions install_options(const Value& object, const HelmRelease& read, release::Rendered from) {
  const Value& spec = object["spec"];
  const Value& settings = spec["install"];
  release::InstallOptions out;
  set_manner(out, spec, "install");
  out.name = read.release;
  out.ns = read.ns;
  out.from = std::move(from);
  out.from.skip_schema = settings["disableSchemaValidation"].as_bool();
  out.create_namespace = settings["createNamespace"].as_bool() && !spec["targetNamespace"].empty();
  out.replace = settings["replace"].as_bool();
  out.take_ownership = !settings["disableTakeOwnership"].as_bool();
  out.server_side = settings["serverSideApply"].as_bool(true);
  out.force_conflicts = out.server_side;
  out.crds = settings["skipCRDs"].as_bool() && settings["crds"].empty() ? release::Crds::kSkip : crds_of(settings);
  return out;
}

release::UpgradeOptions upgrade_options(const Value& object, const HelmRelease& read, release::Rendered from, std::string_view method) {
  const Value& spec = object["spec"];
  const Value& settings = spec["upgrade"];
  release::UpgradeOptions out;
  set_manner(out, spec, "upgrade");
  out.name = read.release;
  out.from = std::move(from);
  out.from.skip_schema = settings["disableSchemaValidation"].as_bool();
  out.reuse = settings["preserveValues"].as_bool() ? release::Reuse::kReuse : release::Reuse::kReset;
  out.server_side = choose_side(out, settings, method);
  out.cleanup_on_fail = settings["cleanupOnFail"].as_bool();
  out.take_ownership = !settings["disableTakeOwnership"].as_bool();
  out.max_history = max_history(spec);
  out.crds = crds_of(settings);
  return out;
}

release::RollbackOptions rollback_options(const Value& object, const HelmRelease& read, int64_t version, std::string_view method) {
  const Value& spec = object["spec"];
  const Value& settings = spec["rollback"];
  release::RollbackOptions out;
  set_manner(out, spec, "rollback");
  out.name = read.release;
  out.version = version;
  out.server_side = choose_side(out, settings, method);
  out.cleanup_on_fail = settings["cleanupOnFail"].as_bool();
  out.max_history = max_history(spec);
  return out;
}

release::UninstallOptions uninstall_options(const Value& object, const std::string& release) {
  const Value& spec = object["spec"];
  const Value& settings = spec["uninstall"];
  release::UninstallOptions out;
  set_manner(out, spec, "uninstall");
  out.name = release;
  out.keep_history = settings["keepHistory"].as_bool();
  out.propagation = propagation_of(settings);
  return out;
}

release::TestOptions test_options(const Value& object, const HelmRelease& read) {
  release::TestOptions out;
  out.timeout = helm_timeout(object["spec"], "test");
  out.name = read.release;
  for (const Value& filter : object["spec"]["test"]["filters"].items())
    (filter["exclude"].as_bool() ? out.except : out.only).push_back(filter["name"].str());
  return out;
}

}  // namespace taut::flux
