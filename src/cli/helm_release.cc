#include "cli/helm_release.hh"

#include <fmt/format.h>

#include <charconv>
#include <csignal>
#include <cstdlib>
#include <thread>

#include "base/strings.hh"
#include "base/url.hh"
#include "io/kube/kubeconfig.hh"
#include "port/clock.hh"
#include "render/machine_environment.hh"
#include "value/json.hh"

namespace taut::cli {
namespace {

std::string from_environment(const char* name) {
  const char* value = std::getenv(name);
  return value ? value : "";
}

volatile std::sig_atomic_t interrupted = 0;
void note_interrupt(int) { interrupted = 1; }

// While it lives, Ctrl-C is only noted.
class NotedInterrupts {
 public:
  NotedInterrupts() {
    struct sigaction action {};
    action.sa_handler = note_interrupt;
    sigaction(SIGINT, &action, &before_[0]);
    sigaction(SIGTERM, &action, &before_[1]);
  }
  ~NotedInterrupts() {
    sigaction(SIGINT, &before_[0], nullptr);
    sigaction(SIGTERM, &before_[1], nullptr);
  }

 private:
  struct sigaction before_[2];
};

void sleep_until_or_interrupted(const Clock& clock, Time until) {
  constexpr Duration kGlance = std::chrono::milliseconds(50);
  while (!interrupted) {
    const Duration left = until - clock.now();
    if (left <= Duration::zero()) return;
    std::this_thread::sleep_for(std::min(left, kGlance));
  }
}

Result<release::Waiting> parse_waiting(const std::string& wait) {
  if (wait == "watcher" || wait == "legacy") return release::Waiting::kReady;
  if (wait == "hookOnly") return release::Waiting::kHooksOnly;
  if (wait == "true") {
    helm_warning("--wait=true is deprecated (boolean value) and can be replaced with --wait=watcher");
    return release::Waiting::kReady;
  }
  if (wait == "false") {
    helm_warning("--wait=false is deprecated (boolean value) and can be replaced with --wait=hookOnly");
    return release::Waiting::kHooksOnly;
  }
  return fail(Code::kInvalid, "invalid wait input {}. Valid inputs are watcher, hookOnly, and legacy", quote(wait));
}

Result<release::DryRun> parse_dry_run(const std::string& text) {
  using release::DryRun;
  if (text == "none") return DryRun::kNone;
  if (text == "client") return DryRun::kClient;
  if (text == "server") return DryRun::kServer;
  if (text == "unset") {
    helm_warning("--dry-run is deprecated and should be replaced with '--dry-run=client'");
    return DryRun::kClient;
  }
  const bool yes = text == "true", no = text == "false";
  if (!yes && !no) {
    return fail(Code::kInvalid, "invalid dry-run value ({}). Must be \"none\", \"server\", or \"client\"", quote(text));
  }
  helm_warning(fmt::format("boolean '--dry-run={}' flag is deprecated and must be replaced with '--dry-run={}'", text,
                           yes ? "client" : "none"));
  return yes ? DryRun::kClient : DryRun::kNone;
}

}  // namespace

void HelmCluster::declare(Flags& flags) {
  flags.add("kubeconfig", 0, "FILE", "the kubeconfig to use", &kubeconfig_);
  flags.add("kube-context", 0, "NAME", "the context of the kubeconfig", &context_);
  flags.add("namespace", 'n', "NAME", "the namespace of the release", &ns_);
}

Status HelmCluster::open() {
  if (context_.empty()) context_ = from_environment("HELM_KUBECONTEXT");
  if (ns_.empty()) ns_ = from_environment("HELM_NAMESPACE");
  TAUT_ASSIGN(driver_, release::parse_driver(from_environment("HELM_DRIVER")));
  auto config = kube::load_client_config({.file = kubeconfig_, .context = context_});
  if (!config) {
    return fail(Error(config.error()).with_message("kubernetes cluster unreachable: " + config.error().message()));
  }
  if (ns_.empty()) ns_ = config->ns;
  cluster_ = std::make_shared<kube::KubeCluster>(std::move(*config));
  return {};
}

release::World HelmCluster::world() {
  release::World out{.cluster = *cluster_, .cache = cache_, .storage_ns = ns_, .driver = driver_};
  out.random = render::fill_random;
  out.warn = helm_warning;
  return out;
}

release::Storage HelmCluster::storage(const std::string& ns) { return {*cluster_, ns, driver_}; }

Result<std::string> HelmCluster::pod_logs(const std::string& ns, const std::string& pod) {
  TAUT_ASSIGN(std::string path, cluster_->collection_path({"", "v1", "Pod"}, ns));
  kube::ApiRequest request;
  request.path = path + "/" + pod + "/log";
  request.accept = "*/*";
  TAUT_ASSIGN(auto answer, cluster_->transport().send(request));
  return std::move(answer.body);
}

Result<Value> HelmCluster::read(const ObjectRef& ref, const std::string& query, const std::string& accept) {
  TAUT_ASSIGN(std::string path, cluster_->collection_path(ref.gvk, ref.ns));
  if (!ref.name.empty()) path += '/' + url_encode(ref.name);
  TAUT_ASSIGN(auto answer, cluster_->transport().send({.path = path + query, .accept = accept}));
  TAUT_ASSIGN(Value out, parse_json(answer.body));
  if (!out["items"].is_list()) return out;
  // The server leaves away what the items of a list are.
  Value& items = out.edit("items");
  for (size_t i = 0; i < items.size(); ++i) {
    if (!items[i].contains("apiVersion")) items.edit(i).set("apiVersion", ref.gvk.api_version());
    if (!items[i].contains("kind")) items.edit(i).set("kind", ref.gvk.kind);
  }
  return out;
}

Result<release::Release> HelmCluster::find(const std::string& name, int revision) {
  if (!release::check_release_name(name)) {
    return fail(Code::kInvalid, "releaseContent: Release name is invalid: {}", name);
  }
  return revision <= 0 ? storage().last(name) : storage().get(name, revision);
}

void HelmManner::declare_wait(Flags& flags) {
  flags.add("wait", 0, "HOW", "wait until resources are ready: watcher (--wait alone), legacy, hookOnly", &wait_);
  flags.alone_means("watcher");
  flags.add("timeout", 0, "DURATION", "how long to wait for any single operation", &timeout_);
  flags.add("no-hooks", 0, "", "run no hooks", &no_hooks_);
}

void HelmManner::declare(Flags& flags) {
  declare_wait(flags);
  flags.add("wait-for-jobs", 0, "", "with --wait, wait until Jobs have completed too", &wait_for_jobs_);
  flags.add("dry-run", 0, "WHERE", "only say what would be done: none, client, server", &dry_run_);
  flags.alone_means("unset");
  flags.add("force-replace", 0, "", "replace objects in place of patching them", &force_replace_);
  flags.add("force", 0, "", "deprecated, use --force-replace", &force_replace_);
  flags.add("force-conflicts", 0, "", "take fields over that others have applied", &force_conflicts_);
}

Result<release::Manner> HelmManner::get() const {
  if (force_replace_ && force_conflicts_) {
    return fail(Code::kInvalid, "if any flags in the group [force-replace force-conflicts] are set none of the others "
                                "can be; [force-conflicts force-replace] were all set");
  }
  release::Manner out;
  out.timeout = timeout_;
  TAUT_ASSIGN(out.waiting, parse_waiting(wait_));
  TAUT_ASSIGN(out.dry_run, parse_dry_run(dry_run_));
  out.wait_for_jobs = wait_for_jobs_;
  out.no_hooks = no_hooks_;
  out.force_replace = force_replace_;
  out.force_conflicts = force_conflicts_;
  return out;
}

const release::Outcome& drive(release::Operation& operation, const std::string& name) {
  const SystemClock clock;
  NotedInterrupts noted;
  while (auto again = operation.step(clock.now())) {
    sleep_until_or_interrupted(clock, *again);
    if (!interrupted) continue;
    fmt::print("Release {} has been cancelled.\n", name);
    operation.cancel();
    interrupted = 0;
  }
  return operation.outcome();
}

void helm_warning(const std::string& message) { fmt::print(stderr, "level=WARN msg={}\n", quote(message)); }

Result<int64_t> parse_revision(const std::string& text) {
  int64_t out = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
  if (error == std::errc() && end == text.data() + text.size()) return out;
  return fail(Code::kInvalid, "could not convert revision to a number: strconv.Atoi: parsing {}: invalid syntax",
              quote(text));
}

Result<std::map<std::string, std::string>> parse_labels(const std::vector<std::string>& lists) {
  std::map<std::string, std::string> out;
  for (const std::string& list : lists) {
    for (std::string_view pair : split(list, ',')) {
      std::string_view name, value;
      if (!cut(pair, "=", name, value)) return fail(Code::kInvalid, "{} must be formatted as key=value", pair);
      out[std::string(name)] = value;
    }
  }
  return out;
}

Result<release::ServerSide> parse_server_side(const std::string& text) {
  if (text == "auto") return release::ServerSide::kAuto;
  if (text == "true") return release::ServerSide::kYes;
  if (text == "false") return release::ServerSide::kNo;
  return fail(Code::kInvalid, "invalid/unknown release server-side apply method: {}", text);
}

}  // namespace taut::cli
