#include "sandbox/selection.hh"

#include <map>

#include "base/strings.hh"
#include "sandbox/cluster.hh"

namespace taut::sandbox {
namespace {

// The fields besides metadata.name and metadata.namespace that lists of a kind can be selected by.
const std::vector<std::string_view>& selectable_fields(const Resource& resource) {
  static const std::map<std::string, std::vector<std::string_view>, std::less<>> kFields = {
      {"/Pod", {"spec.host", "spec.nodeName", "spec.restartPolicy", "spec.schedulerName", "spec.serviceAccountName",
                "spec.hostNetwork", "status.phase", "status.podIP", "status.podIPs", "status.nominatedNodeName"}},
      {"/Event", {"involvedObject.kind", "involvedObject.namespace", "involvedObject.name", "involvedObject.uid",
                  "involvedObject.apiVersion", "involvedObject.resourceVersion", "involvedObject.fieldPath", "reason",
                  "reportingComponent", "source", "type"}},
      {"events.k8s.io/Event", {"regarding.kind", "regarding.namespace", "regarding.name", "regarding.uid", "reason",
                               "reportingController", "type"}},
      {"/Namespace", {"status.phase"}},
      {"/Node", {"spec.unschedulable"}},
      {"/Secret", {"type"}},
      {"/Service", {"spec.clusterIP", "spec.type"}},
      {"/ReplicationController", {"status.replicas"}},
      {"apps/ReplicaSet", {"status.replicas"}},
      {"batch/Job", {"status.successful"}},
      {"certificates.k8s.io/CertificateSigningRequest", {"spec.signerName"}},
  };
  static const std::vector<std::string_view> kNone;
  auto found = kFields.find(resource.info.group + '/' + resource.info.kind);
  return found == kFields.end() ? kNone : found->second;
}

// The path of each term of a selector, as written.
std::vector<std::string_view> paths_of(std::string_view text) {
  std::vector<std::string_view> out;
  for (std::string_view term : split(text, ',')) {
    size_t end = term.find_first_of("!=");
    if (!term.empty()) out.push_back(trim(term.substr(0, end)));
  }
  return out;
}

}  // namespace

bool Selection::fits(const Resource& resource, const Item& item) const {
  if (!labels.empty() && !labels.matches(item.labels())) return false;
  if (!name.empty() && item.name() != name) return false;
  if (fields.empty()) return true;
  return fields.matches(resource.stored_as == resource.gvk() ? item.object() : to_version(resource, item.object()));
}

ApiResult<Selection> Selection::parse(const Resource& resource, std::string_view labels, std::string_view fields) {
  Selection out;
  auto parsed_labels = LabelSelector::parse(labels);
  if (!parsed_labels) return ApiFailure(bad_request(parsed_labels.error().message()));
  out.labels = std::move(*parsed_labels);
  auto parsed_fields = FieldSelector::parse(fields);
  if (!parsed_fields) return ApiFailure(bad_request(parsed_fields.error().message()));
  out.fields = std::move(*parsed_fields);
  const auto& known = selectable_fields(resource);
  for (std::string_view term : split(fields, ','))
    if (std::string_view key, value; cut(term, "=", key, value) && trim(key) == "metadata.name")
      out.name = trim(value.starts_with('=') ? value.substr(1) : value);
  for (std::string_view path : paths_of(fields)) {
    if (path == "metadata.name" || (path == "metadata.namespace" && resource.info.namespaced)) continue;
    if (std::find(known.begin(), known.end(), path) != known.end()) continue;
    if (known.empty())
      return ApiFailure(bad_request(fmt::format("\"{}\" is not a known field selector: only \"metadata.name\"{}", path,
                                                resource.info.namespaced ? ", \"metadata.namespace\"" : "")));
    return ApiFailure(bad_request(fmt::format("field label not supported: {}", path)));
  }
  return out;
}

}  // namespace taut::sandbox
