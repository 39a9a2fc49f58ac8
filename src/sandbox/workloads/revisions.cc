#include "sandbox/workloads/revisions.hh"

#include <algorithm>

#include "object/id.hh"
#include "sandbox/workloads/objects.hh"

namespace taut::sandbox::workloads {

Value revision_data(const Value& owner) {
  Value pod_template = owner["spec"]["template"];
  pod_template.set("$patch", "replace");
  return Value::map({{"spec", Value::map({{"template", pod_template}})}});
}

Value new_revision(const Value& owner, const std::vector<Value>& existing) {
  int64_t number = 0;
  for (const Value& revision : existing) number = std::max(number, revision["revision"].as_int());
  const Value data = revision_data(owner);
  const std::string hash = template_hash(data, owner["status"]["collisionCount"]);
  Value labels = owner["spec"]["template"]["metadata"]["labels"];
  const bool stateful = owner["kind"].as_string() == "StatefulSet";
  labels.set(stateful ? "controller.kubernetes.io/hash" : kRevisionLabel, hash);
  Value metadata = Value::map({{"labels", labels},
                               {"name", owner["metadata"]["name"].str() + "-" + hash},
                               {"namespace", owner["metadata"]["namespace"]},
                               {"ownerReferences", Value::list({controller_reference(owner)})}});
  if (!owner["metadata"]["annotations"].empty()) metadata.set("annotations", owner["metadata"]["annotations"]);
  return Value::map({{"apiVersion", "apps/v1"}, {"data", data}, {"kind", "ControllerRevision"}, {"metadata", metadata}, {"revision", number + 1}});
}

Value matching_revision(const Value& owner, const std::vector<Value>& existing) {
  const Value data = revision_data(owner);
  for (const Value& revision : existing) {
    if (revision["data"] == data) return revision;
  }
  return {};
}

std::string revision_hash(const Value& revision) {
  std::string_view name = name_of(revision);
  return std::string(name.substr(name.rfind('-') + 1));
}

std::vector<Value> surplus_revisions(std::vector<Value> existing, const std::vector<std::string>& live, int64_t limit) {
  std::erase_if(existing, [&](const Value& revision) { return std::ranges::find(live, name_of(revision)) != live.end(); });
  std::ranges::stable_sort(existing, [](const Value& a, const Value& b) { return a["revision"].as_int() < b["revision"].as_int(); });
  const int64_t excess = static_cast<int64_t>(existing.size()) - limit;
  existing.resize(static_cast<size_t>(std::max<int64_t>(excess, 0)));
  return existing;
}

}  // namespace taut::sandbox::workloads
