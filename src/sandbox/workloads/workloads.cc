#include "sandbox/workloads/workloads.hh"

#include "base/strings.hh"
#include "sandbox/workloads/budgets.hh"
#include "sandbox/workloads/cronjob.hh"
#include "sandbox/workloads/daemonset.hh"
#include "sandbox/workloads/deployment.hh"
#include "sandbox/workloads/endpoints.hh"
#include "sandbox/workloads/garbage.hh"
#include "sandbox/workloads/job.hh"
#include "sandbox/workloads/known.hh"
#include "sandbox/workloads/kubelet.hh"
#include "sandbox/workloads/namespaces.hh"
#include "sandbox/workloads/nodes.hh"
#include "sandbox/workloads/pod_scheduler.hh"
#include "sandbox/workloads/replicaset.hh"
#include "sandbox/workloads/statefulset.hh"
#include "sandbox/workloads/volumes.hh"

namespace taut::sandbox::workloads {
namespace {

// Everything that can own or be owned, or that a namespace can hold.
std::vector<Gvk> watched_kinds() {
  using namespace known;
  std::vector<Gvk> out{kNamespace, kNode, kPod, kService, kEndpoints, kEndpointSlice, kConfigMap, kSecret, kServiceAccount, kVolume, kClaim,
                       kQuota, kDeployment, kReplicaSet, kStatefulSet, kDaemonSet, kRevision, kJob, kCronJob, kStorageClass, kAutoscaler,
                       kDisruptionBudget, kDefinition};
  constexpr std::string_view kRbac = "rbac.authorization.k8s.io", kNetworking = "networking.k8s.io";
  for (const char* kind : {"Role", "RoleBinding", "ClusterRole", "ClusterRoleBinding"}) out.push_back({std::string(kRbac), "v1", kind});
  for (const char* kind : {"Ingress", "NetworkPolicy", "IngressClass"}) out.push_back({std::string(kNetworking), "v1", kind});
  for (const char* kind : {"LimitRange", "PodTemplate", "ReplicationController"}) out.push_back({"", "v1", kind});
  out.push_back({"coordination.k8s.io", "v1", "Lease"});
  out.push_back({"scheduling.k8s.io", "v1", "PriorityClass"});
  for (const char* kind : {"MutatingWebhookConfiguration", "ValidatingWebhookConfiguration"}) {
    out.push_back({"admissionregistration.k8s.io", "v1", kind});
  }
  return out;
}

// Watches the kinds of CustomResourceDefinitions as they appear.
class KindWatcher : public Controller {
 public:
  explicit KindWatcher(Runtime& runtime) : Controller(runtime, "kube-controller-manager", "kind-watcher") {}
  void observe(const Change& change, const ObjectId& id) override {
    if (id.kind != known::kDefinition.kind || id.group != known::kDefinition.group || change.type == ChangeType::kDeleted) return;
    const Value& spec = change.object["spec"];
    for (const Value& version : spec["versions"].items()) {
      if (!version["storage"].as_bool()) continue;
      runtime_.watch({Gvk{spec["group"].str(), version["name"].str(), spec["names"]["kind"].str()}});
    }
  }
  Status sync(const ObjectId&) override { return {}; }
};

}  // namespace

void Workloads::begin(ClientFor clients, Scheduler& scheduler, Options options) {
  const bool all = options.workloads, life_cycle = options.life_cycle;
  runtime_ = std::make_unique<Runtime>(std::move(clients), scheduler, std::move(options));
  if (life_cycle) {
    runtime_->add<NamespaceController>();
    runtime_->add<GarbageCollector>();
  }
  runtime_->add<KindWatcher>();
  if (all) add_workloads();
  runtime_->watch(watched_kinds());
}

void Workloads::add_workloads() {
  runtime_->add<NamespaceContents>();
  runtime_->add<DeploymentController>();
  runtime_->add<ReplicaSetController>();
  runtime_->add<StatefulSetController>();
  runtime_->add<DaemonSetController>();
  runtime_->add<JobController>();
  runtime_->add<CronJobController>();
  runtime_->add<EndpointSliceController>();
  runtime_->add<EndpointsController>();
  runtime_->add<DisruptionController>();
  runtime_->add<QuotaController>();
  runtime_->add<AutoscalerController>();
  runtime_->add<PodScheduler>();
  runtime_->add<Kubelet>();
  VolumeController& volumes = runtime_->add<VolumeController>();
  NodeController& nodes = runtime_->add<NodeController>();
  const bool default_class = runtime_->options().default_class;
  runtime_->after(Duration::zero(), [&nodes, &volumes, default_class] {
    nodes.start();
    if (default_class) volumes.start();
  });
}

std::unique_ptr<Workloads> Workloads::start(ClientFor clients, Options options) {
  std::unique_ptr<Workloads> out(new Workloads());
  out->thread_ = std::make_unique<ThreadScheduler>();
  out->begin(std::move(clients), *out->thread_, std::move(options));
  return out;
}

std::unique_ptr<Workloads> Workloads::start_on(ClientFor clients, Scheduler& scheduler, Options options) {
  std::unique_ptr<Workloads> out(new Workloads());
  out->begin(std::move(clients), scheduler, std::move(options));
  return out;
}

Workloads::~Workloads() {
  if (thread_) thread_->stop();
}

Result<std::vector<ImageFault>> parse_image_faults(std::string_view text) {
  constexpr std::pair<std::string_view, Fault> kWords[] = {{"image-pull", Fault::kImagePull}, {"crash", Fault::kCrash},
                                                           {"oom", Fault::kOutOfMemory},      {"never-ready", Fault::kNeverReady},
                                                           {"slow", Fault::kSlow}};
  std::vector<ImageFault> out;
  uint32_t number = 0;
  for (std::string_view line : split(text, '\n')) {
    ++number;
    line = trim(line.substr(0, line.find('#')));
    if (line.empty()) continue;
    const size_t blank = line.find_first_of(" \t");
    std::string_view pattern = line.substr(0, blank), word = blank == line.npos ? "" : trim(line.substr(blank));
    const size_t before = out.size();
    for (const auto& [name, fault] : kWords) {
      if (name == word) out.push_back({std::string(pattern), fault});
    }
    if (out.size() == before) {
      Error error(Code::kInvalid, fmt::format("fault \"{}\" is not one of image-pull, crash, oom, never-ready, slow", word));
      return fail(std::move(error).at(Position{"", number, 0, ""}));
    }
  }
  return out;
}

}  // namespace taut::sandbox::workloads
