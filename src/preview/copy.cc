#include "preview/copy.hh"

#include <thread>

#include "health/health.hh"
#include "io/kube/cluster.hh"

namespace taut::preview {
namespace {

using std::chrono::milliseconds;
using SteadyTime = std::chrono::steady_clock::time_point;

constexpr Duration kLook = milliseconds(50);
constexpr Duration kQuiet = milliseconds(600);      // no write for so long, and none to come: at rest
constexpr Duration kUnmoved = milliseconds(1500);   // no workload Progressing for so long: what writes only repeats

constexpr Duration kAlwaysBusy = milliseconds(6000);  // the same, where the controllers never rest

const Gvk kWorkloads[] = {{"apps", "v1", "Deployment"}, {"apps", "v1", "StatefulSet"}, {"apps", "v1", "DaemonSet"}, {"batch", "v1", "Job"}};

class RunningCopy : public Copy {
 public:
  RunningCopy(std::unique_ptr<sandbox::Sandbox> server, kube::ClientConfig config, std::string source)
      : server_(std::move(server)), cluster_(std::make_shared<kube::KubeCluster>(std::move(config))), source_(std::move(source)) {}

  std::shared_ptr<Cluster> cluster() override { return cluster_; }
  const sandbox::ImportReport& imported() const override { return server_->imported(); }
  const std::string& source() const override { return source_; }

  Result<bool> settle(Duration patience) override {
    auto now = [] { return std::chrono::steady_clock::now(); };
    const SteadyTime end = now() + patience;
    SteadyTime wrote = now(), moved = now();
    std::string revision;
    while (now() < end) {
      TAUT_ASSIGN(ObjectList namespaces, cluster_->list({"", "v1", "Namespace"}, {}));
      if (namespaces.resource_version != revision) {
        revision = namespaces.resource_version;
        wrote = now();
        TAUT_ASSIGN(bool moving, is_moving());
        if (moving) moved = now();
      }
      // Time alone tells nothing where the controllers got no processor.
      if (!server_->is_at_rest(kQuiet)) wrote = now();
      if (now() - wrote > kQuiet || (now() - moved > kUnmoved && (server_->is_at_rest({}) || now() - moved > kAlwaysBusy))) return true;
      std::this_thread::sleep_for(kLook);
    }
    return false;
  }

 private:
  Result<bool> is_moving() {
    for (const Gvk& gvk : kWorkloads) {
      TAUT_ASSIGN(ObjectList found, cluster_->list(gvk, {}));
      for (const Value& object : found.items) {
        auto health = judge(object, Judgement::kArgo);
        if (health && health->state == HealthState::kProgressing) return true;
      }
    }
    return false;
  }

  std::unique_ptr<sandbox::Sandbox> server_;
  std::shared_ptr<kube::KubeCluster> cluster_;
  std::string source_;
};

}  // namespace

Result<std::unique_ptr<Copy>> Copy::start(Snapshot snapshot, const CopyOptions& options) {
  sandbox::SandboxOptions wanted;
  wanted.tls = false;
  wanted.workload_speed = options.speed;
  wanted.hurry_deadlines = true;
  wanted.image_faults = options.image_faults;
  wanted.objects = std::move(snapshot.objects);
  wanted.import_secrets = sandbox::SecretValues::kKeep;
  TAUT_ASSIGN(auto server, sandbox::start(wanted));
  kube::ClientConfig config;
  TAUT_ASSIGN(config.server, Url::parse(server->address()));
  config.auth.token = server->token();
  return std::make_unique<RunningCopy>(std::move(server), std::move(config), std::move(snapshot.source));
}

}  // namespace taut::preview
