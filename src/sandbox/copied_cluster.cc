#include "sandbox/copied_cluster.hh"

#include <map>
#include <optional>
#include <set>

#include "sandbox/workloads/nodes.hh"
#include "sandbox/workloads/volumes.hh"

namespace taut::sandbox {
namespace {

using workloads::Fault;

std::vector<ItemPtr> all_of(const Cluster& cluster, const char* resource) {
  return cluster.store.list(resource, "", "", 0, 0).value_or(Page{}).items;
}

bool own_node(std::string_view name) { return name.starts_with(workloads::kNodePrefix); }

// What keeps a container from running; nothing when it runs, or merely waits for its turn.
std::optional<Fault> trouble_of(const Value& status) {
  std::string_view waiting = status["state"]["waiting"]["reason"].as_string();
  if (waiting == "ErrImagePull" || waiting == "ImagePullBackOff" || waiting == "InvalidImageName") return Fault::kImagePull;
  if (waiting != "CrashLoopBackOff") return std::nullopt;
  return status["lastState"]["terminated"]["reason"].as_string() == "OOMKilled" ? Fault::kOutOfMemory : Fault::kCrash;
}

// A glob that matches this text and no other.
std::string literal(std::string_view text) {
  std::string out;
  for (char c : text) {
    if (c == '*' || c == '?' || c == '[' || c == '\\') out += '\\';
    out += c;
  }
  return out;
}

// Images that some container fails with and none runs.
std::vector<workloads::ImageFault> observed_faults(const std::vector<ItemPtr>& pods) {
  std::map<std::string, Fault> failing;
  std::set<std::string> running;
  for (const ItemPtr& item : pods) {
    const Value& pod = item->object();
    for (const char* list : {"initContainer", "container"}) {
      std::map<std::string, std::string> images;
      for (const Value& container : pod["spec"][std::string(list) + "s"].items()) images[container["name"].str()] = container["image"].str();
      for (const Value& status : pod["status"][std::string(list) + "Statuses"].items()) {
        const std::string& image = images[status["name"].str()];
        if (auto trouble = trouble_of(status)) failing.emplace(image, *trouble);
        if (status["ready"].as_bool()) running.insert(image);
      }
    }
  }
  std::vector<workloads::ImageFault> out;
  for (const auto& [image, fault] : failing)
    if (!image.empty() && !running.contains(image)) out.push_back({literal(image), fault});
  return out;
}

}  // namespace

void adapt_to_copy(const Cluster& cluster, workloads::Options& options) {
  bool own_nodes = false, other_nodes = false, other_pods = false, other_classes = false;
  for (const ItemPtr& node : all_of(cluster, "nodes")) (own_node(name_of(node->object())) ? own_nodes : other_nodes) = true;
  std::vector<ItemPtr> pods = all_of(cluster, "pods");
  for (const ItemPtr& pod : pods) {
    const std::string node = pod->object()["spec"]["nodeName"].str();
    other_pods = other_pods || (!node.empty() && !own_node(node));
  }
  for (const ItemPtr& item : all_of(cluster, "storage.k8s.io/storageclasses"))
    other_classes = other_classes || item->object()["provisioner"].as_string() != workloads::kProvisioner;
  options.plays_all = other_nodes || other_pods;
  if (other_nodes && !own_nodes) options.nodes = 0;
  if (other_classes) options.default_class = false;
  if (!options.plays_all) return;
  if (ItemPtr root = cluster.store.get({"configmaps", "default/kube-root-ca.crt"})) options.root_certificate = root->object()["data"]["ca.crt"].str();
  for (workloads::ImageFault& fault : observed_faults(pods)) options.faults.push_back(std::move(fault));
}

}  // namespace taut::sandbox
