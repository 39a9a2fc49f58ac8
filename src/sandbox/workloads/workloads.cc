#include "sandbox/workloads/workloads.hh"

#include "base/strings.hh"
#include "sandbox/workloads/budgets.hh"
#include "sandbox/workloads/cronjob.hh"
#include "sandbox/workloads/daemonset.hh"
#include "sandbox/workloads/deployment.hh"
#include "sandbox/workloads/endpoints.hh"
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

std::vector<Gvk> watched_kinds() {
  using namespace known;
  return {kNamespace, kNode, kPod, kService, kEndpoints, kEndpointSlice, kConfigMap, kSecret, kServiceAccount, kVolume, kClaim, kQuota,
          kDeployment, kReplicaSet, kStatefulSet, kDaemonSet, kRevision, kJob, kCronJob, kStorageClass, kAutoscaler, kDisruptionBudget};
}

}  // namespace

void Workloads::begin(ClientFor clients, Scheduler& scheduler, Options options) {
  runtime_ = std::make_unique<Runtime>(std::move(clients), scheduler, std::move(options));
  add_controllers();
  // On the scheduler's thread, like everything that touches the Runtime from here on.
  runtime_->after(Duration::zero(), [runtime = runtime_.get()] { runtime->watch(watched_kinds()); });
}

void Workloads::add_controllers() {
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
