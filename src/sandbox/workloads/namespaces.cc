#include "sandbox/workloads/namespaces.hh"

#include <fmt/format.h>

#include <array>
#include <map>

#include "base/strings.hh"
#include "sandbox/workloads/known.hh"
#include "sandbox/workloads/objects.hh"

namespace taut::sandbox::workloads {
namespace {

using known::kNamespace;

ObjectId namespace_id(const std::string& name) { return {"", "Namespace", "", name}; }

struct Finding {
  std::string_view type, good_reason, bad_reason, good_message;
};

constexpr std::array<Finding, 5> kFindings{{
    {"NamespaceDeletionDiscoveryFailure", "ResourcesDiscovered", "", "All resources successfully discovered"},
    {"NamespaceDeletionGroupVersionParsingFailure", "ParsedGroupVersions", "", "All legacy kube types successfully parsed"},
    {"NamespaceDeletionContentFailure", "ContentDeleted", "", "All content successfully deleted, may be waiting on finalization"},
    {"NamespaceContentRemaining", "ContentRemoved", "SomeResourcesRemain", "All content successfully removed"},
    {"NamespaceFinalizersRemaining", "ContentHasNoFinalizers", "SomeFinalizersRemain", "All content-preserving finalizers finished"},
}};

}  // namespace

void NamespaceController::observe(const Change& change, const ObjectId& id) {
  if (id.group.empty() && id.kind == kNamespace.kind) {
    if (change.type != ChangeType::kDeleted && is_deleting(change.object)) enqueue(id);
    return;
  }
  if (id.ns.empty()) return;
  const Value* ns = cache_.find(kNamespace, "", id.ns);
  if (ns && is_deleting(*ns)) enqueue(namespace_id(id.ns));
}

Status NamespaceController::empty_out(const Value& ns, size_t& left, std::string& waiting_for) {
  std::map<std::string, int> finalizers;
  for (const Value& object : cache_.in_namespace(name_of(ns))) {
    ++left;
    for (const Value& finalizer : object["metadata"]["finalizers"].items()) ++finalizers[finalizer.str()];
    if (!is_deleting(object)) TAUT_TRY(remove(object));
  }
  std::vector<std::string> parts;
  for (const auto& [name, count] : finalizers) parts.push_back(fmt::format("{} in {} resource instances", name, count));
  waiting_for = join(parts, ", ");
  return {};
}

Status NamespaceController::write_conditions(const Value& ns, size_t left, const std::string& waiting_for) {
  Value fresh = ns;
  Value& status = fresh.edit("status");
  status.set("phase", "Terminating");
  for (const Finding& finding : kFindings) {
    const bool remaining = finding.type == "NamespaceContentRemaining" && left > 0;
    const bool held = finding.type == "NamespaceFinalizersRemaining" && !waiting_for.empty();
    const bool bad = remaining || held;
    std::string message(finding.good_message);
    if (remaining) message = fmt::format("Some resources are remaining: {} resource instances", left);
    if (held) message = "Some content in the namespace has finalizers remaining: " + waiting_for;
    const Value present = condition_of(status, finding.type);
    const std::string_view value = bad ? "True" : "False";
    if (present["status"].as_string() == value && present["message"].as_string() == message) continue;
    put_condition(status, Value::map({{"lastTransitionTime", runtime_.now_text()}, {"message", message},
                                      {"reason", bad ? finding.bad_reason : finding.good_reason}, {"status", value}, {"type", finding.type}}));
  }
  if (fresh["status"] == ns["status"]) return {};
  TAUT_TRY(update_status(fresh));
  return {};
}

Status NamespaceController::sync(const ObjectId& id) {
  const Value* found = cache_.find(id);
  if (!found || !is_deleting(*found)) return {};
  const Value ns = *found;
  size_t left = 0;
  std::string waiting_for;
  TAUT_TRY(empty_out(ns, left, waiting_for));
  if (left > 0) return write_conditions(ns, left, waiting_for);
  // Events are not watched: there are many, and nobody else here needs them.
  const Gvk events{"", "v1", "Event"};
  TAUT_ASSIGN(const std::vector<Value> leftover, client_->list(events, id.name));
  for (const Value& event : leftover) TAUT_TRY(remove(event));
  Value kept = Value::list();
  for (const Value& finalizer : ns["spec"]["finalizers"].items()) {
    if (finalizer.as_string() != "kubernetes") kept.push_back(finalizer);
  }
  if (kept.size() == ns["spec"]["finalizers"].size()) return {};
  auto done = patch(ns, Value::map({{"spec", Value::map({{"finalizers", kept.empty() ? Value() : kept}})}}), "finalize");
  return done || done.error().code() == Code::kNotFound ? Status() : fail(done.error());
}

void NamespaceContents::observe(const Change& change, const ObjectId& id) {
  if (!id.group.empty()) return;
  if (id.kind == kNamespace.kind && change.type == ChangeType::kAdded) enqueue(id);
  const bool ours = (id.kind == known::kServiceAccount.kind && id.name == "default") ||
                    (id.kind == known::kConfigMap.kind && id.name == "kube-root-ca.crt");
  if (ours && change.type == ChangeType::kDeleted) enqueue(namespace_id(id.ns));
}

Status NamespaceContents::ensure(const Value& object) {
  if (cache_.find(ObjectId::of(object))) return {};
  auto made = create(object);
  return made || made.error().code() == Code::kAlreadyExists ? Status() : fail(made.error());
}

Status NamespaceContents::sync(const ObjectId& id) {
  const Value* ns = cache_.find(id);
  if (!ns || is_deleting(*ns)) return {};
  TAUT_TRY(ensure(Value::map({{"apiVersion", "v1"}, {"kind", "ServiceAccount"},
                              {"metadata", Value::map({{"name", "default"}, {"namespace", id.name}})}})));
  const std::string& root = runtime_.options().root_certificate;
  const Value about = Value::map({{"kubernetes.io/description",
                                   "Contains a CA bundle that can be used to verify the kube-apiserver when using internal endpoints such as "
                                   "the internal service IP or kubernetes.default.svc. No other usage is guaranteed across distributions of "
                                   "Kubernetes clusters."}});
  return ensure(Value::map({{"apiVersion", "v1"}, {"data", Value::map({{"ca.crt", root}})}, {"kind", "ConfigMap"},
                            {"metadata", Value::map({{"annotations", about}, {"name", "kube-root-ca.crt"}, {"namespace", id.name}})}}));
}

}  // namespace taut::sandbox::workloads
