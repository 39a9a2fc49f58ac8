// Volumes that are not there yet, and those that stand elsewhere.
#include <fmt/format.h>

#include <algorithm>

#include "base/strings.hh"
#include "health/reason_rules.hh"
#include "object/id.hh"

namespace taut::reason {
namespace {

std::string classes_here(const Surroundings& around) {
  std::vector<std::string> names;
  for (const Value& item : around.related)
    if (item["kind"].as_string() == "StorageClass") names.emplace_back(name_of(item));
  std::ranges::sort(names);
  return names.empty() ? "There is no storage class here." : fmt::format("Classes here: {}.", join(names, ", "));
}

// The text between the first pair of quotes after `start`.
std::string_view quoted(std::string_view text, std::string_view start) {
  std::string_view before, after, name, rest;
  return cut(text, start, before, after) && cut(after, "\"", name, rest) ? name : std::string_view();
}

// The node of another pod that uses one of the claims of this one.
std::string_view other_node(const Value& pod, const Surroundings& around) {
  for (const Value& volume : pod["spec"]["volumes"].items()) {
    const Value& claim = volume["persistentVolumeClaim"]["claimName"];
    if (claim.empty()) continue;
    for (const auto* list : {&around.pods, &around.related}) {
      for (const Value& other : *list) {
        if (other["kind"].as_string("Pod") != "Pod" || name_of(other) == name_of(pod) || other["spec"]["nodeName"].empty()) continue;
        for (const Value& used : other["spec"]["volumes"].items())
          if (used["persistentVolumeClaim"]["claimName"] == claim && other["spec"]["nodeName"] != pod["spec"]["nodeName"])
            return other["spec"]["nodeName"].as_string();
      }
    }
  }
  return {};
}

// The container that mounts the volume, or the pod where that cannot be told.
std::string_view user_of(const Value& pod, std::string_view volume) {
  for (const char* list : {"initContainers", "containers"})
    for (const Value& container : pod["spec"][list].items())
      for (const Value& mount : container["volumeMounts"].items())
        if (mount["name"].as_string() == volume) return container["name"].as_string();
  return name_of(pod);
}

}  // namespace

std::optional<Reason> claim_waits(const Value& claim, const Surroundings& around) {
  if (claim["status"]["phase"].as_string("Pending") != "Pending") return std::nullopt;
  std::string_view wanted = claim["spec"]["storageClassName"].as_string();
  auto because = [&](const std::string& why, std::string_view raw) {
    return Reason{{}, fmt::format("Volume {} waits: {}.", name_of(claim), why), classes_here(around), {}, std::string(raw), {},
                  wanted.empty() ? "" : fmt::format("storage class {}", wanted)};
  };
  std::string_view failed = event_with(claim, around, "ProvisioningFailed")["message"].as_string();
  if (contains(failed, "storageclass.storage.k8s.io") && failed.ends_with("not found"))
    return because(fmt::format("storage class {} does not exist", quoted(failed, "storageclass.storage.k8s.io \"")), "ProvisioningFailed");
  if (!failed.empty())
    return because(fmt::format("the provisioner of storage class {} failed ({})", wanted, trim_right(failed, ".")), "ProvisioningFailed");
  if (!event_with(claim, around, "FailedBinding").is_null())
    return because("no storage class is set and no volume fits it", "FailedBinding");
  if (!event_with(claim, around, "ExternalProvisioning").is_null())
    return because(fmt::format("the provisioner of storage class {} is silent", wanted), "ExternalProvisioning");
  return std::nullopt;
}

// A pod that no node takes while a claim of it waits: the claim's trouble.
std::optional<Reason> pod_waits_for_claim(const Value& pod, const Surroundings& around) {
  if (!pod["spec"]["nodeName"].empty()) return std::nullopt;
  for (const Value& volume : pod["spec"]["volumes"].items()) {
    for (const Value& item : around.related) {
      bool named = item["kind"].as_string() == "PersistentVolumeClaim" && namespace_of(item) == namespace_of(pod) &&
                   name_of(item) == volume["persistentVolumeClaim"]["claimName"].as_string();
      if (!named) continue;
      auto found = claim_waits(item, around);
      if (!found) continue;
      found->name = "claim-waits";
      found->object = fmt::format("PersistentVolumeClaim {}", name_of(item));
      return found;
    }
  }
  return std::nullopt;
}

// The attach/detach controller's event; the volume is freed when its node is known to be gone for six minutes.
std::optional<Reason> still_attached(const Value& pod, const Surroundings& around) {
  std::string_view message = event_with(pod, around, "FailedAttachVolume")["message"].as_string();
  if (!message.starts_with("Multi-Attach error")) return std::nullopt;
  std::string_view node = other_node(pod, around);
  return Reason{{},
                fmt::format("Volume {} is still attached to {}, so {} waits.", quoted(message, "for volume \""),
                            node.empty() ? "another node" : fmt::format("node {}", node), name_of(pod)),
                "It frees itself in about 6 min; if the node is dead, detach it.",
                {},
                "FailedAttachVolume",
                {}};
}

std::optional<Reason> mount_missing(const Value& pod, const Surroundings& around) {
  std::string_view message = event_with(pod, around, "FailedMount")["message"].as_string();
  std::string_view before, why;
  bool runs = pod["status"]["phase"].as_string() == "Running";
  if (runs || !cut(message, "\" : ", before, why)) return std::nullopt;
  std::string piece = missing_piece(why);
  if (piece.empty()) return std::nullopt;
  return Reason{{},
                fmt::format("{} needs {}, which does not exist in {}.", user_of(pod, quoted(message, "for volume \"")), piece,
                            namespace_of(pod)),
                fmt::format("Add it to Git or correct the name{}.", similar_piece(around, piece)),
                {},
                "FailedMount",
                {},
                fmt::format("{} in {}", piece, namespace_of(pod))};
}

}  // namespace taut::reason
