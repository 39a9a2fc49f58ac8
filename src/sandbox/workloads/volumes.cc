#include "sandbox/workloads/volumes.hh"

#include <fmt/format.h>

#include <algorithm>

#include "object/quantity.hh"
#include "sandbox/workloads/known.hh"
#include "sandbox/workloads/objects.hh"

namespace taut::sandbox::workloads {
namespace {

using known::kClaim;
using known::kPod;
using known::kStorageClass;
using known::kVolume;

constexpr std::string_view kDefaultClass = "storageclass.kubernetes.io/is-default-class";

Value claim_reference(const Value& claim) {
  return Value::map({{"apiVersion", "v1"}, {"kind", "PersistentVolumeClaim"}, {"name", claim["metadata"]["name"]},
                     {"namespace", claim["metadata"]["namespace"]}, {"resourceVersion", claim["metadata"]["resourceVersion"]},
                     {"uid", claim["metadata"]["uid"]}});
}

Quantity size_of(const Value& quantity) { return Quantity::parse(quantity.as_string("0")).value_or(Quantity()); }

bool fits(const Value& claim, const Value& volume) {
  const Value& wanted = claim["spec"];
  const Value& offered = volume["spec"];
  if (wanted["storageClassName"].as_string() != offered["storageClassName"].as_string()) return false;
  if (wanted["volumeMode"] != offered["volumeMode"] || is_deleting(volume)) return false;
  if (size_of(wanted["resources"]["requests"]["storage"]) > size_of(offered["capacity"]["storage"])) return false;
  if (!wanted["selector"].is_null() && !selector_matches(wanted["selector"], volume["metadata"]["labels"])) return false;
  return std::ranges::all_of(wanted["accessModes"].items(), [&](const Value& mode) {
    return std::ranges::any_of(offered["accessModes"].items(), [&](const Value& other) { return other == mode; });
  });
}

bool is_for(const Value& volume, const Value& claim) {
  const Value& reference = volume["spec"]["claimRef"];
  return reference["name"] == claim["metadata"]["name"] && reference["namespace"] == claim["metadata"]["namespace"] &&
         (reference["uid"].empty() || reference["uid"] == claim["metadata"]["uid"]);
}

}  // namespace

void VolumeController::start() {
  const Value annotations = Value::map({{kDefaultClass, "true"}});
  (void)create(Value::map({{"apiVersion", "storage.k8s.io/v1"}, {"kind", "StorageClass"},
                           {"metadata", Value::map({{"annotations", annotations}, {"name", "standard"}})}, {"provisioner", kProvisioner}}));
}

void VolumeController::observe(const Change& change, const ObjectId& id) {
  if (id.group == kStorageClass.group && id.kind == kStorageClass.kind) {
    for (const Value& claim : cache_.list(kClaim, "")) {
      if (claim["spec"]["volumeName"].empty()) enqueue(ObjectId::of(claim));
    }
  }
  if (!id.group.empty()) return;
  if (id.kind == kClaim.kind || id.kind == kVolume.kind) {
    if (change.type != ChangeType::kDeleted) enqueue(id);
    // A volume may be what a claim waits for; a claim that goes frees its volume.
    const Gvk& other = id.kind == kClaim.kind ? kVolume : kClaim;
    for (const Value& object : cache_.list(other, "")) {
      const bool pending = other.kind == kClaim.kind ? object["spec"]["volumeName"].empty() : change.type == ChangeType::kDeleted;
      if (pending || is_deleting(object)) enqueue(ObjectId::of(object));
    }
  }
  if (id.kind != kPod.kind) return;
  for (const Value& volume : change.object["spec"]["volumes"].items()) {
    const std::string name = volume["persistentVolumeClaim"]["claimName"].str();
    if (!name.empty()) enqueue({"", kClaim.kind, id.ns, name});
  }
}

bool VolumeController::in_use(const Value& claim) const {
  for (const Value& pod : cache_.list(kPod, namespace_of(claim))) {
    if (pod_finished(pod) || pod["spec"]["nodeName"].empty()) continue;
    for (const Value& volume : pod["spec"]["volumes"].items()) {
      if (volume["persistentVolumeClaim"]["claimName"].as_string() == name_of(claim)) return true;
    }
  }
  return false;
}

// Both sides learn of the bond: the volume first, then the claim.
Status VolumeController::bind(const Value& claim, Value volume) {
  if (volume["spec"]["claimRef"]["uid"] != claim["metadata"]["uid"]) {
    volume.edit("spec").set("claimRef", claim_reference(claim));
    volume.edit("metadata").edit("annotations").set("pv.kubernetes.io/bound-by-controller", "yes");
    TAUT_ASSIGN(volume, update(volume));
  }
  if (volume["status"]["phase"].as_string() != "Bound") {
    volume.edit("status").set("phase", "Bound");
    TAUT_ASSIGN(volume, update_status(volume));
  }
  Value fresh = claim;
  if (fresh["spec"]["volumeName"].empty()) {
    fresh.edit("spec").set("volumeName", volume["metadata"]["name"]);
    Value& annotations = fresh.edit("metadata").edit("annotations");
    annotations.set("pv.kubernetes.io/bind-completed", "yes");
    annotations.set("pv.kubernetes.io/bound-by-controller", "yes");
    TAUT_ASSIGN(fresh, update(fresh));
  }
  Value& status = fresh.edit("status");
  status.set("phase", "Bound");
  status.set("accessModes", volume["spec"]["accessModes"]);
  status.set("capacity", volume["spec"]["capacity"]);
  TAUT_TRY(update_status(fresh));
  return {};
}

Status VolumeController::provision(const Value& claim, const Value& cls) {
  const std::string name = fmt::format("pvc-{}", uid_of(claim));
  const Value* present = cache_.find(kVolume, "", name);
  if (present) return bind(claim, *present);
  const Value& spec = claim["spec"];
  const Value capacity = Value::map({{"storage", spec["resources"]["requests"]["storage"]}});
  const Value annotations = Value::map({{"pv.kubernetes.io/provisioned-by", kProvisioner}});
  const Value source = Value::map({{"path", "/var/lib/taut-sandbox/" + name}, {"type", "DirectoryOrCreate"}});
  Value volume = Value::map({{"apiVersion", "v1"}, {"kind", "PersistentVolume"}, {"metadata", Value::map({{"annotations", annotations}, {"name", name}})}});
  volume.set("spec", Value::map({{"accessModes", spec["accessModes"]}, {"capacity", capacity}, {"claimRef", claim_reference(claim)},
                                 {"hostPath", source}, {"persistentVolumeReclaimPolicy", cls["reclaimPolicy"].as_string("Delete")},
                                 {"storageClassName", cls["metadata"]["name"]}, {"volumeMode", spec["volumeMode"]}}));
  TAUT_ASSIGN(Value made, create(volume));
  event(claim, "Normal", "ProvisioningSucceeded", fmt::format("Successfully provisioned volume {}", name));
  return bind(claim, made);
}

Status VolumeController::sync_claim(const Value& claim) {
  if (is_deleting(claim)) {
    if (!has_finalizer(claim, "kubernetes.io/pvc-protection") || in_use(claim)) return {};
    Value fresh = claim;
    drop_finalizer(fresh, "kubernetes.io/pvc-protection");
    TAUT_TRY(update(fresh));
    return {};
  }
  if (claim["status"]["phase"].as_string() == "Bound") return {};
  std::vector<Value> volumes = cache_.list(kVolume, "");
  std::ranges::stable_sort(volumes, [](const Value& a, const Value& b) {
    return size_of(a["spec"]["capacity"]["storage"]) < size_of(b["spec"]["capacity"]["storage"]);
  });
  const std::string named = claim["spec"]["volumeName"].str();
  for (const Value& volume : volumes) {
    const bool free = volume["spec"]["claimRef"].is_null();
    if (named.empty() ? is_for(volume, claim) || (free && fits(claim, volume)) : name_of(volume) == named && (free || is_for(volume, claim))) {
      return bind(claim, volume);
    }
  }
  if (!named.empty()) return {};
  Value cls;
  const Value& wanted = claim["spec"]["storageClassName"];
  for (const Value& known : cache_.list(kStorageClass, "")) {
    if (wanted.is_null() ? annotation_of(known, kDefaultClass) == "true" : known["metadata"]["name"] == wanted) cls = known;
  }
  if (wanted.is_null() && !cls.is_null()) {
    // A default class that appears later is given to the claims that wait for one.
    Value fresh = claim;
    fresh.edit("spec").set("storageClassName", cls["metadata"]["name"]);
    TAUT_ASSIGN(Value updated, update(fresh));
    return provision(updated, cls);
  }
  const bool foreign = runtime_.options().plays_all && cls["provisioner"].as_string("kubernetes.io/no-provisioner") != "kubernetes.io/no-provisioner";
  if (foreign || cls["provisioner"].as_string() == kProvisioner) return provision(claim, cls);
  if (cls.is_null() && !wanted.empty()) {
    event(claim, "Warning", "ProvisioningFailed", fmt::format("storageclass.storage.k8s.io \"{}\" not found", wanted.as_string()));
  } else if (cls.is_null()) {
    event(claim, "Normal", "FailedBinding", "no persistent volumes available for this claim and no storage class is set");
  }
  return {};
}

Status VolumeController::sync_volume(const Value& volume) {
  const Value& reference = volume["spec"]["claimRef"];
  const Value* claim = reference.is_null() ? nullptr : cache_.find_uid(reference["uid"].as_string());
  if (is_deleting(volume)) {
    if (claim || !has_finalizer(volume, "kubernetes.io/pv-protection")) return {};
    Value fresh = volume;
    drop_finalizer(fresh, "kubernetes.io/pv-protection");
    TAUT_TRY(update(fresh));
    return {};
  }
  std::string_view phase = volume["status"]["phase"].as_string();
  const bool released = !reference["uid"].empty() && !claim;
  if (released && volume["spec"]["persistentVolumeReclaimPolicy"].as_string() == "Delete") return remove(volume);
  std::string_view wanted = released ? "Released" : claim ? "Bound" : "Available";
  if (phase == wanted || (claim && phase != "Pending")) return {};
  Value fresh = volume;
  fresh.edit("status").set("phase", wanted);
  TAUT_TRY(update_status(fresh));
  return {};
}

Status VolumeController::sync(const ObjectId& id) {
  const Value* found = cache_.find(id);
  if (!found) return {};
  const Value object = *found;
  return id.kind == kClaim.kind ? sync_claim(object) : sync_volume(object);
}

}  // namespace taut::sandbox::workloads
