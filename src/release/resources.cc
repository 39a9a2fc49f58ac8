#include "release/resources.hh"

#include <algorithm>
#include <array>
#include <set>

#include "base/strings.hh"
#include "helm/manifests.hh"
#include "value/json.hh"
#include "yaml/reader.hh"

namespace taut::release {

namespace {

constexpr std::string_view kManagedBy = "app.kubernetes.io/managed-by";
constexpr std::string_view kReleaseName = "meta.helm.sh/release-name";
constexpr std::string_view kReleaseNamespace = "meta.helm.sh/release-namespace";

// Kinds in the order of removal; others come last, by name.
constexpr std::array<std::string_view, 38> kUninstallOrder = {
    "ValidatingWebhookConfiguration",
    "MutatingWebhookConfiguration",
    "APIService",
    "Ingress",
    "IngressClass",
    "Service",
    "CronJob",
    "Job",
    "StatefulSet",
    "HorizontalPodAutoscaler",
    "Deployment",
    "ReplicaSet",
    "ReplicationController",
    "Pod",
    "DaemonSet",
    "RoleBindingList",
    "RoleBinding",
    "RoleList",
    "Role",
    "ClusterRoleBindingList",
    "ClusterRoleBinding",
    "ClusterRoleList",
    "ClusterRole",
    "CustomResourceDefinition",
    "PersistentVolumeClaim",
    "PersistentVolume",
    "StorageClass",
    "ConfigMap",
    "SecretList",
    "Secret",
    "ServiceAccount",
    "PodDisruptionBudget",
    "PodSecurityPolicy",
    "LimitRange",
    "ResourceQuota",
    "NetworkPolicy",
    "Namespace",
    "PriorityClass",
};

Result<Resource> build_one(const Discovery& discovery, Value object, const std::string& ns) {
  Gvk gvk = Gvk::of(object);
  if (gvk.kind.empty()) {
    return fail(Code::kInvalid, "unable to decode \"\": Object 'Kind' is missing in '{}'", to_json(object));
  }
  if (gvk.version.empty()) {
    return fail(Code::kInvalid, "unable to decode \"\": Object 'apiVersion' is missing in '{}'", to_json(object));
  }
  const ApiResource* resource = discovery.find(gvk);
  if (!resource) {
    return fail(Code::kNotFound,
                "resource mapping not found for name: {} namespace: {} from \"\": no matches for kind {} in version {}\n"
                "ensure CRDs are installed first",
                quote(name_of(object)), quote(namespace_of(object)), quote(gvk.kind), quote(gvk.api_version()));
  }
  std::string place(namespace_of(object));
  if (!resource->namespaced) {
    place.clear();
  } else if (place.empty()) {
    place = ns;
    object.edit("metadata").set("namespace", ns);
  }
  ObjectRef ref{std::move(gvk), std::move(place), std::string(name_of(object))};
  return Resource{std::move(object), std::move(ref)};
}

void require(const Value& map, std::string_view what, std::string_view key, std::string_view wanted,
             std::vector<std::string>& problems) {
  const Value* value = map.find(key);
  if (!value) {
    problems.push_back(
        fmt::format("{} validation error: missing key {}: must be set to {}", what, quote(key), quote(wanted)));
  } else if (value->as_string() != wanted) {
    problems.push_back(fmt::format("{} validation error: key {} must equal {}: current value is {}", what, quote(key),
                                   quote(wanted), quote(value->as_string())));
  }
}

size_t removal_rank(std::string_view kind) {
  return static_cast<size_t>(std::find(kUninstallOrder.begin(), kUninstallOrder.end(), kind) -
                             kUninstallOrder.begin());
}

}  // namespace

std::string Resource::to_string() const {
  return fmt::format("{} {} in namespace {}", ref.gvk.kind, quote(ref.name), quote(ref.ns));
}

bool Resource::same(const Resource& other) const {
  return ref.name == other.ref.name && ref.ns == other.ref.ns && ref.gvk.kind == other.ref.gvk.kind &&
         ref.gvk.group == other.ref.gvk.group;
}

Result<Resources> build_resources(Run& run, std::string_view manifest, const std::string& ns) {
  TAUT_ASSIGN(auto documents,
              parse_yaml(manifest, {.split = YamlSplit::kKubernetes, .reject_duplicate_keys = false}));
  TAUT_ASSIGN(const Discovery* discovery, run.discovery());
  Resources out;
  std::vector<std::string> problems;
  auto add = [&](Value object) {
    auto resource = build_one(*discovery, std::move(object), ns);
    if (resource) return void(out.push_back(std::move(*resource)));
    problems.push_back(resource.error().message());
  };
  for (taut::Document& document : documents) {
    if (document.empty || document.root.is_null()) continue;
    const bool list = document.root["kind"].as_string().ends_with("List") && document.root["items"].is_list();
    if (!list) {
      add(std::move(document.root));
      continue;
    }
    for (const Value& item : document.root["items"].items()) add(item);
  }
  if (problems.size() == 1) return fail(Code::kInvalid, "{}", problems[0]);
  if (!problems.empty()) return fail(Code::kInvalid, "[{}]", join(problems, ", "));
  return out;
}

void mark_owned(Resources& resources, const std::string& name, const std::string& ns) {
  for (Resource& resource : resources) {
    Value& metadata = resource.object.edit("metadata");
    metadata.edit("labels").set(kManagedBy, "Helm");
    Value& annotations = metadata.edit("annotations");
    annotations.set(kReleaseName, name);
    annotations.set(kReleaseNamespace, ns);
  }
}

Status check_ownership(const Value& live, const std::string& name, const std::string& ns) {
  std::vector<std::string> problems;
  require(live["metadata"]["labels"], "label", kManagedBy, "Helm", problems);
  require(live["metadata"]["annotations"], "annotation", kReleaseName, name, problems);
  require(live["metadata"]["annotations"], "annotation", kReleaseNamespace, ns, problems);
  if (problems.empty()) return {};
  return fail(Code::kConflict, "invalid ownership metadata; {}", join(problems, "; "));
}

Result<Resources> find_existing(Run& run, const Resources& resources, const std::string& name, const std::string& ns,
                                bool take) {
  Resources out;
  for (const Resource& resource : resources) {
    const bool generated = !resource.object["metadata"]["generateName"].as_string().empty();
    if (generated && !resource.ref.name.empty()) {
      return fail(Code::kInvalid, "metadata.name and metadata.generateName cannot both be set");
    }
    if (generated) continue;
    auto live = run.world.cluster.get(resource.ref);
    if (!live && live.error().code() == Code::kNotFound) continue;
    if (!live) {
      return fail(Error(live.error())
                      .with_message(fmt::format("could not get information about the resource {}: {}",
                                                resource.to_string(), live.error().message())));
    }
    if (Status owned = take ? Status() : check_ownership(*live, name, ns); !owned) {
      return fail(Code::kConflict, "{} exists and cannot be imported into the current release: {}",
                  resource.to_string(), owned.error().message());
    }
    out.push_back(resource);
  }
  return out;
}

Resources without(const Resources& all, const Resources& others) {
  Resources out;
  for (const Resource& resource : all) {
    bool held = std::any_of(others.begin(), others.end(), [&](const Resource& other) { return other.same(resource); });
    if (!held) out.push_back(resource);
  }
  return out;
}

Result<std::vector<Document>> uninstall_order(std::string_view manifest) {
  std::vector<Document> out;
  for (std::string& text : helm::split_manifests(manifest, helm::Compat::kHelm42)) {
    auto document = parse_yaml_document(text, {.reject_duplicate_keys = false});
    if (!document) {
      return fail(Code::kInvalid, "corrupted release record. You must manually delete the resources: {}",
                  document.error().message());
    }
    const Value& root = document->root;
    if (root.is_null()) continue;
    std::string_view policy = trim(annotation_of(root, "helm.sh/resource-policy"));
    const bool has_policy = !policy.empty();
    const bool keep = to_lower(policy) == "keep";
    if (has_policy && !keep) continue;  // an unknown policy: helm neither keeps nor deletes
    out.push_back({root["kind"].str(), std::string(name_of(root)), std::move(text), keep});
  }
  std::stable_sort(out.begin(), out.end(), [](const Document& a, const Document& b) {
    size_t rank_a = removal_rank(a.kind), rank_b = removal_rank(b.kind);
    return rank_a != rank_b ? rank_a < rank_b : rank_a == kUninstallOrder.size() && a.kind < b.kind;
  });
  return out;
}

}  // namespace taut::release
