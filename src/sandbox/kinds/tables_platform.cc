#include <fmt/format.h>

#include <array>

#include "base/strings.hh"
#include "sandbox/kinds/table_text.hh"
#include "sandbox/kinds/tables.hh"

namespace taut::sandbox::kinds {
namespace {

using Cells = std::vector<Value>;

const Value& name(const Value& object) { return object["metadata"]["name"]; }
std::string age(const Value& object, Time now) { return age_of(object["metadata"]["creationTimestamp"], now); }

std::string subjects_text(const Value& binding, std::string_view kind) {
  std::vector<std::string> parts;
  for (const Value& subject : binding["subjects"].items()) {
    if (subject["kind"].as_string() != kind) continue;
    parts.push_back(kind == "ServiceAccount" ? subject["namespace"].str() + "/" + subject["name"].str() : subject["name"].str());
  }
  return join(parts, ", ");
}

Cells binding(const Value& b, Time now) {
  return {name(b), b["roleRef"]["kind"].str() + "/" + b["roleRef"]["name"].str(), age(b, now), subjects_text(b, "User"),
          subjects_text(b, "Group"), subjects_text(b, "ServiceAccount")};
}

Cells network_policy(const Value& p, Time now) { return {name(p), selector_text(p["spec"]["podSelector"]), age(p, now)}; }

Cells ingress_class(const Value& c, Time now) {
  const Value& parameters = c["spec"]["parameters"];
  std::string text = "<none>";
  if (!parameters.is_null()) {
    text = parameters["kind"].str();
    if (!parameters["apiGroup"].empty()) text += "." + parameters["apiGroup"].str();
    text += "/" + parameters["name"].str();
  }
  return {name(c), c["spec"]["controller"].str(), text, age(c, now)};
}

Cells lease(const Value& l, Time now) { return {name(l), l["spec"]["holderIdentity"].str(), age(l, now)}; }

Cells storage_class(const Value& c, Time now) {
  std::string title = name(c).str();
  for (const char* key : {"storageclass.kubernetes.io/is-default-class", "storageclass.beta.kubernetes.io/is-default-class"}) {
    if (c["metadata"]["annotations"][key].as_string() == "true") {
      title += " (default)";
      break;
    }
  }
  return {title, c["provisioner"].str(), or_text(c["reclaimPolicy"].as_string(), "Delete"),
          or_text(c["volumeBindingMode"].as_string(), "Immediate"), c["allowVolumeExpansion"].as_bool(), age(c, now)};
}

Cells priority_class(const Value& c, Time now) {
  return {name(c), c["value"].as_int(), c["globalDefault"].as_bool(), age(c, now), c["preemptionPolicy"].str()};
}

Cells runtime_class(const Value& c, Time now) { return {name(c), c["handler"].str(), age(c, now)}; }

Cells webhooks(const Value& w, Time now) { return {name(w), static_cast<int64_t>(w["webhooks"].size()), age(w, now)}; }

std::string param_kind(const Value& policy) {
  const Value& kind = policy["spec"]["paramKind"];
  return kind.is_null() ? "<unset>" : kind["apiVersion"].str() + "/" + kind["kind"].str();
}

Cells validating_policy(const Value& p, Time now) {
  return {name(p), static_cast<int64_t>(p["spec"]["validations"].size()), param_kind(p), age(p, now)};
}

Cells mutating_policy(const Value& p, Time now) {
  return {name(p), static_cast<int64_t>(p["spec"]["mutations"].size()), param_kind(p), age(p, now)};
}

Cells policy_binding(const Value& b, Time now) {
  const Value& reference = b["spec"]["paramRef"];
  std::string param = "<unset>";
  if (!reference["name"].empty()) param = or_text(reference["namespace"].as_string(), "*") + "/" + reference["name"].str();
  return {name(b), b["spec"]["policyName"].str(), param, age(b, now)};
}

Cells csi_driver(const Value& d, Time now) {
  const Value& spec = d["spec"];
  std::vector<std::string> modes, audiences;
  for (const Value& mode : spec["volumeLifecycleModes"].items()) modes.push_back(mode.str());
  for (const Value& request : spec["tokenRequests"].items()) audiences.push_back(request["audience"].str());
  return {name(d), spec["attachRequired"].as_bool(true), spec["podInfoOnMount"].as_bool(), spec["storageCapacity"].as_bool(),
          audiences.empty() ? "<unset>" : join(audiences, ","), spec["requiresRepublish"].as_bool(),
          modes.empty() ? "<none>" : join(modes, ","), age(d, now)};
}

Cells csi_node(const Value& n, Time now) { return {name(n), static_cast<int64_t>(n["spec"]["drivers"].size()), age(n, now)}; }

Cells attachment(const Value& a, Time now) {
  return {name(a), a["spec"]["attacher"].str(), a["spec"]["source"]["persistentVolumeName"].str(), a["spec"]["nodeName"].str(),
          a["status"]["attached"].as_bool(), age(a, now)};
}

Cells flow_schema(const Value& f, Time now) {
  std::string dangling = "?";
  for (const Value& condition : f["status"]["conditions"].items()) {
    if (condition["type"].as_string() == "Dangling") dangling = condition["status"].str();
  }
  return {name(f), f["spec"]["priorityLevelConfiguration"]["name"].str(), f["spec"]["matchingPrecedence"].as_int(),
          or_text(f["spec"]["distinguisherMethod"]["type"].as_string(), "<none>"), age(f, now), dangling};
}

Cells priority_level(const Value& p, Time now) {
  const Value& limited = p["spec"]["limited"];
  const Value& queuing = limited["limitResponse"]["queuing"];
  auto number = [](const Value& value) { return value.is_null() ? Value("<none>") : value; };
  return {name(p), p["spec"]["type"].str(), number(limited["nominalConcurrencyShares"]), number(queuing["queues"]),
          number(queuing["handSize"]), number(queuing["queueLengthLimit"]), age(p, now)};
}

Cells certificate_request(const Value& c, Time now) {
  std::vector<std::string> words;
  for (const Value& condition : c["status"]["conditions"].items()) words.push_back(condition["type"].str());
  std::string state = words.empty() ? "Pending" : join(words, ",");
  if (!c["status"]["certificate"].empty()) state += ",Issued";
  const Value& expiration = c["spec"]["expirationSeconds"];
  return {name(c), age(c, now), c["spec"]["signerName"].str(), or_text(c["spec"]["username"].as_string(), "<none>"),
          expiration.is_null() ? "<none>" : human_duration(std::chrono::seconds(expiration.as_int())), state};
}

Cells service_cidr(const Value& c, Time now) {
  std::vector<std::string> ranges;
  for (const Value& range : c["spec"]["cidrs"].items()) ranges.push_back(range.str());
  return {name(c), join(ranges, ","), age(c, now)};
}

Cells scale(const Value& s, Time now) {
  return {name(s), s["spec"]["replicas"].as_int(), s["status"]["replicas"].as_int(), age(s, now)};
}

Cells api_service(const Value& a, Time now) {
  const Value& service = a["spec"]["service"];
  std::string where = service.is_null() ? "Local" : service["namespace"].str() + "/" + service["name"].str();
  std::string available = "Unknown";
  for (const Value& condition : a["status"]["conditions"].items()) {
    if (condition["type"].as_string() != "Available") continue;
    available = condition["status"].str();
    if (available != "True") available += " (" + condition["reason"].str() + ")";
  }
  return {name(a), where, available, age(a, now)};
}

constexpr std::array<TableRule, 23> kTables{{
    {"rbac/v1.RoleBinding", "Name|Role|Age|Users+|Groups+|ServiceAccounts+", binding},
    {"rbac/v1.ClusterRoleBinding", "Name|Role|Age|Users+|Groups+|ServiceAccounts+", binding},
    {"networking/v1.NetworkPolicy", "Name|Pod-Selector|Age", network_policy},
    {"networking/v1.IngressClass", "Name|Controller|Parameters|Age", ingress_class},
    {"networking/v1.ServiceCIDR", "Name|CIDRs|Age", service_cidr},
    {"coordination/v1.Lease", "Name|Holder|Age", lease},
    {"storage/v1.StorageClass", "Name|Provisioner|ReclaimPolicy|VolumeBindingMode|AllowVolumeExpansion|Age", storage_class},
    {"storage/v1.CSIDriver",
     "Name|AttachRequired:b|PodInfoOnMount:b|StorageCapacity:b|TokenRequests|RequiresRepublish:b|Modes|Age", csi_driver},
    {"storage/v1.CSINode", "Name|Drivers:i|Age", csi_node},
    {"storage/v1.VolumeAttachment", "Name|Attacher|PV|Node|Attached:b|Age", attachment},
    {"scheduling/v1.PriorityClass", "Name|Value:i|Global-Default:b|Age|PreemptionPolicy", priority_class},
    {"node/v1.RuntimeClass", "Name|Handler|Age", runtime_class},
    {"admissionregistration/v1.MutatingWebhookConfiguration", "Name|Webhooks:i|Age", webhooks},
    {"admissionregistration/v1.ValidatingWebhookConfiguration", "Name|Webhooks:i|Age", webhooks},
    {"admissionregistration/v1.ValidatingAdmissionPolicy", "Name|Validations:i|ParamKind|Age", validating_policy},
    {"admissionregistration/v1.ValidatingAdmissionPolicyBinding", "Name|PolicyName|ParamRef|Age", policy_binding},
    {"admissionregistration/v1.MutatingAdmissionPolicy", "Name|Mutations:i|ParamKind|Age", mutating_policy},
    {"admissionregistration/v1.MutatingAdmissionPolicyBinding", "Name|PolicyName|ParamRef|Age", policy_binding},
    {"flowcontrol/v1.FlowSchema", "Name|PriorityLevel|MatchingPrecedence|DistinguisherMethod|Age|MissingPL", flow_schema},
    {"flowcontrol/v1.PriorityLevelConfiguration", "Name|Type|NominalConcurrencyShares|Queues|HandSize|QueueLengthLimit|Age",
     priority_level},
    {"certificates/v1.CertificateSigningRequest", "Name|Age|SignerName|Requestor|RequestedDuration|Condition", certificate_request},
    {"autoscaling/v1.Scale", "Name:-|Desired:i|Available:i|Age", scale},
    {"apiregistration/v1.APIService", "Name|Service|Available|Age", api_service},
}};

}  // namespace

std::span<const TableRule> platform_tables() { return kTables; }

}  // namespace taut::sandbox::kinds
