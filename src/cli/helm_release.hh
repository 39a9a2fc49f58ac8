// What the commands on Helm's releases have in common: the cluster, the flags of waiting, and how an operation is
// driven and told of.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "cli/flags.hh"
#include "io/kube/cluster.hh"
#include "release/operation.hh"
#include "release/storage.hh"

namespace taut::cli {

// The flags of helm that say which cluster and namespace; $HELM_NAMESPACE, $HELM_KUBECONTEXT and $HELM_DRIVER count.
class HelmCluster {
 public:
  void declare(Flags& flags);
  Status open();
  // After open().
  const std::string& ns() const { return ns_; }
  release::World world();
  // Of one namespace, "" for all.
  release::Storage storage(const std::string& ns);
  release::Storage storage() { return storage(ns_); }
  // What the container of a pod wrote.
  Result<std::string> pod_logs(const std::string& ns, const std::string& pod);
  // An object, or all of its kind where it has no name, in the form that `accept` asks for; `query` begins with "?".
  Result<Value> read(const ObjectRef& ref, const std::string& query, const std::string& accept);
  // One revision of a release, the last for 0.
  Result<release::Release> find(const std::string& name, int revision);

 private:
  std::string kubeconfig_, context_, ns_;
  release::Driver driver_ = release::Driver::kSecrets;
  std::shared_ptr<kube::KubeCluster> cluster_;
  helm::RenderCache cache_;
};

// --wait, --wait-for-jobs, --timeout, --no-hooks, --dry-run, --force-replace, --force-conflicts with helm's values.
class HelmManner {
 public:
  void declare(Flags& flags);
  // Those that `helm uninstall` has: --wait, --timeout, --no-hooks.
  void declare_wait(Flags& flags);
  Result<release::Manner> get() const;

 private:
  std::string wait_ = "hookOnly", dry_run_ = "none";
  bool wait_for_jobs_ = false, no_hooks_ = false, force_replace_ = false, force_conflicts_ = false;
  Duration timeout_ = std::chrono::minutes(5);
};

// Steps it to its end; an interrupt ends it in order, and is told as helm tells it.
const release::Outcome& drive(release::Operation& operation, const std::string& name);

// "level=WARN msg=..." on standard error.
void helm_warning(const std::string& message);

// The number of a revision, as strconv.Atoi.
Result<int64_t> parse_revision(const std::string& text);
// "--labels a=b,c=d".
Result<std::map<std::string, std::string>> parse_labels(const std::vector<std::string>& lists);
// "true", "false", "auto".
Result<release::ServerSide> parse_server_side(const std::string& text);

}  // namespace taut::cli
