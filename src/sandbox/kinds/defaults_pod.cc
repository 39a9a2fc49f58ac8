#include <array>

#include "sandbox/kinds/defaults.hh"
#include "sandbox/kinds/fields.hh"

namespace taut::sandbox::kinds {
namespace {

// The tag of an image reference is "latest" when it names neither tag nor digest; no reference has none.
bool is_latest(std::string_view image) {
  if (image.empty() || image.find('@') != image.npos) return false;
  std::string_view last = image.substr(image.rfind('/') == image.npos ? 0 : image.rfind('/') + 1);
  size_t colon = last.find(':');
  return colon == last.npos || last.substr(colon + 1) == "latest";
}

void container(Value& c) {
  preset_text(c, "imagePullPolicy", is_latest(c["image"].as_string()) ? "Always" : "IfNotPresent");
  preset_text(c, "terminationMessagePath", "/dev/termination-log");
  preset_text(c, "terminationMessagePolicy", "File");
}

void container_port(Value& port) { preset_text(port, "protocol", "TCP"); }

// Limits without a request ask for as much as they allow.
void requests_from_limits(Value& c) {
  inside(c, "resources", [](Value& resources) {
    const Value limits = resources["limits"];
    if (!limits.is_map() || limits.empty()) return;
    for (const Entry& limit : limits.entries()) {
      if (!resources["requests"].contains(limit.key())) resources.edit("requests").set(limit.key(), limit.value);
    }
  });
}

void host_ports(Value& c) {
  each_item(c, "ports", [](Value& port) { preset_number(port, "hostPort", port["containerPort"].as_int()); });
}

void pod(Value& p) {
  inside(p, "spec", [](Value& spec) {
    const bool host_network = spec["hostNetwork"].as_bool();
    for (const char* list : {"containers", "initContainers"}) {
      each_item(spec, list, requests_from_limits);
      if (host_network) each_item(spec, list, host_ports);
    }
    preset(spec, "enableServiceLinks", true);
  });
}

void pod_spec(Value& spec) {
  preset_text(spec, "dnsPolicy", "ClusterFirst");
  preset_text(spec, "restartPolicy", "Always");
  preset(spec, "securityContext", Value::map());
  preset(spec, "terminationGracePeriodSeconds", 30);
  preset_text(spec, "schedulerName", "default-scheduler");
  // serviceAccount is the old name of serviceAccountName; conversion keeps the two the same.
  std::string account = spec["serviceAccountName"].str();
  if (account.empty()) account = spec["serviceAccount"].str();
  if (!account.empty()) {
    spec.set("serviceAccountName", account);
    spec.set("serviceAccount", account);
  }
  if (spec["hostNetwork"].as_bool()) {
    for (const char* list : {"containers", "initContainers"}) each_item(spec, list, host_ports);
  }
}

// podIP is the old form of podIPs; conversion keeps the first of them the same.
void pod_status(Value& status) {
  const std::string one = status["podIP"].str(), first = status["podIPs"][0]["ip"].str();
  if (!one.empty() && one != first) {
    status.set("podIPs", Value::list({Value::map({{"ip", one}})}));
  } else if (one.empty() && !first.empty()) {
    status.set("podIP", first);
  }
}

void probe(Value& p) {
  preset_number(p, "timeoutSeconds", 1);
  preset_number(p, "periodSeconds", 10);
  preset_number(p, "successThreshold", 1);
  preset_number(p, "failureThreshold", 3);
}

void http_get(Value& action) {
  preset_text(action, "path", "/");
  preset_text(action, "scheme", "HTTP");
}

void grpc(Value& action) { preset(action, "service", ""); }

void volume(Value& v) {
  if (v.size() <= (v.contains("name") ? 1u : 0u)) v.set("emptyDir", Value::map());
  inside(v, "image", [](Value& image) {
    preset_text(image, "pullPolicy", is_latest(image["reference"].as_string()) ? "Always" : "IfNotPresent");
  });
}

void default_mode(Value& source) { preset(source, "defaultMode", 0644); }
void host_path(Value& source) { preset(source, "type", ""); }
void field_ref(Value& selector) { preset_text(selector, "apiVersion", "v1"); }
void token_projection(Value& source) { preset(source, "expirationSeconds", 3600); }

void iscsi(Value& source) { preset_text(source, "iscsiInterface", "default"); }

void rbd(Value& source) {
  preset_text(source, "pool", "rbd");
  preset_text(source, "user", "admin");
  preset_text(source, "keyring", "/etc/ceph/keyring");
}

void azure_disk(Value& source) {
  preset(source, "cachingMode", "ReadWrite");
  preset(source, "fsType", "ext4");
  preset(source, "readOnly", false);
  preset(source, "kind", "Shared");
}

void scale_io(Value& source) {
  preset_text(source, "storageMode", "ThinProvisioned");
  preset_text(source, "fsType", "xfs");
}

constexpr std::array<DefaultRule, 24> kRules{{
    {"core/v1.Container", container},
    {"core/v1.EphemeralContainer", container},
    {"core/v1.ContainerPort", container_port},
    {"core/v1.Pod", pod},
    {"core/v1.PodSpec", pod_spec},
    {"core/v1.PodStatus", pod_status},
    {"core/v1.Probe", probe},
    {"core/v1.HTTPGetAction", http_get},
    {"core/v1.GRPCAction", grpc},
    {"core/v1.Volume", volume},
    {"core/v1.SecretVolumeSource", default_mode},
    {"core/v1.ConfigMapVolumeSource", default_mode},
    {"core/v1.DownwardAPIVolumeSource", default_mode},
    {"core/v1.ProjectedVolumeSource", default_mode},
    {"core/v1.HostPathVolumeSource", host_path},
    {"core/v1.ObjectFieldSelector", field_ref},
    {"core/v1.ServiceAccountTokenProjection", token_projection},
    {"core/v1.ISCSIVolumeSource", iscsi},
    {"core/v1.ISCSIPersistentVolumeSource", iscsi},
    {"core/v1.RBDVolumeSource", rbd},
    {"core/v1.RBDPersistentVolumeSource", rbd},
    {"core/v1.AzureDiskVolumeSource", azure_disk},
    {"core/v1.ScaleIOVolumeSource", scale_io},
    {"core/v1.ScaleIOPersistentVolumeSource", scale_io},
}};

}  // namespace

std::span<const DefaultRule> pod_rules() { return kRules; }

}  // namespace taut::sandbox::kinds
