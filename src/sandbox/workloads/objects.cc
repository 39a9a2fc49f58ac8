#include "sandbox/workloads/objects.hh"

#include <charconv>

#include "value/json.hh"

namespace taut::sandbox::workloads {
namespace {

const Value kNull;

// rand.SafeEncodeString: digits of a number become letters that spell no words.
constexpr std::string_view kSafe = "bcdfghjklmnpqrstvwxz2456789";

}  // namespace

std::string_view controller_uid(const Value& object) {
  for (const Value& owner : object["metadata"]["ownerReferences"].items()) {
    if (owner["controller"].as_bool()) return owner["uid"].as_string();
  }
  return {};
}

Value controller_reference(const Value& owner) {
  return Value::map({{"apiVersion", owner["apiVersion"]},
                     {"blockOwnerDeletion", true},
                     {"controller", true},
                     {"kind", owner["kind"]},
                     {"name", owner["metadata"]["name"]},
                     {"uid", owner["metadata"]["uid"]}});
}

bool has_finalizer(const Value& object, std::string_view name) {
  for (const Value& finalizer : object["metadata"]["finalizers"].items()) {
    if (finalizer.as_string() == name) return true;
  }
  return false;
}

void drop_finalizer(Value& object, std::string_view name) {
  Value kept = Value::list();
  for (const Value& finalizer : object["metadata"]["finalizers"].items()) {
    if (finalizer.as_string() != name) kept.push_back(finalizer);
  }
  if (kept.empty()) {
    object.edit("metadata").erase("finalizers");
  } else {
    object.edit("metadata").set("finalizers", kept);
  }
}

const Value& condition_of(const Value& status, std::string_view type) {
  for (const Value& condition : status["conditions"].items()) {
    if (condition["type"].as_string() == type) return condition;
  }
  return kNull;
}

bool condition_is(const Value& status, std::string_view type, std::string_view wanted) {
  return condition_of(status, type)["status"].as_string() == wanted;
}

void drop_condition(Value& status, std::string_view type) {
  Value kept = Value::list();
  for (const Value& condition : status["conditions"].items()) {
    if (condition["type"].as_string() != type) kept.push_back(condition);
  }
  if (kept.empty()) {
    status.erase("conditions");
  } else {
    status.set("conditions", kept);
  }
}

void put_condition(Value& status, const Value& condition) {
  const Value fresh = condition;
  drop_condition(status, fresh["type"].as_string());
  status.edit("conditions").push_back(fresh);
}

bool labels_match(const Value& wanted, const Value& labels) {
  for (const Entry& label : wanted.entries()) {
    const Value* present = labels.find(label.key());
    if (!present || *present != label.value) return false;
  }
  return true;
}

bool selector_matches(const Value& selector, const Value& labels) {
  if (!labels_match(selector["matchLabels"], labels)) return false;
  for (const Value& expression : selector["matchExpressions"].items()) {
    const Value* present = labels.find(expression["key"].as_string());
    bool listed = false;
    for (const Value& value : expression["values"].items()) listed |= present && *present == value;
    std::string_view op = expression["operator"].as_string();
    if (op == "In" && !listed) return false;
    if (op == "NotIn" && listed) return false;
    if (op == "Exists" && !present) return false;
    if (op == "DoesNotExist" && present) return false;
  }
  return true;
}

bool pod_ready(const Value& pod) { return condition_is(pod["status"], "Ready", "True"); }

bool pod_finished(const Value& pod) {
  std::string_view phase = pod["status"]["phase"].as_string();
  return phase == "Succeeded" || phase == "Failed";
}

bool pod_active(const Value& pod) { return !pod_finished(pod) && !is_deleting(pod); }

std::optional<Time> pod_available_at(const Value& pod, int64_t min_ready_seconds) {
  if (!pod_ready(pod)) return std::nullopt;
  auto since = parse_rfc3339(condition_of(pod["status"], "Ready")["lastTransitionTime"].as_string());
  if (!since) return std::nullopt;
  return *since + std::chrono::seconds(min_ready_seconds);
}

int64_t share_of(const Value& int_or_percent, int64_t total, bool round_up) {
  if (!int_or_percent.is_string()) return int_or_percent.as_int();
  std::string_view text = int_or_percent.as_string();
  int64_t percent = 0;
  std::from_chars(text.data(), text.data() + text.size(), percent);
  return (percent * total + (round_up ? 99 : 0)) / 100;
}

Value pod_from_template(const Value& pod_template, const Value& owner) {
  Value pod = Value::map({{"apiVersion", "v1"}, {"kind", "Pod"}});
  Value metadata = Value::map();
  for (const char* field : {"labels", "annotations", "finalizers"}) {
    const Value& from = pod_template["metadata"][field];
    if (!from.empty()) metadata.set(field, from);
  }
  metadata.set("generateName", owner["metadata"]["name"].str() + "-");
  metadata.set("namespace", owner["metadata"]["namespace"]);
  metadata.set("ownerReferences", Value::list({controller_reference(owner)}));
  pod.set("metadata", metadata);
  pod.set("spec", pod_template["spec"]);
  return pod;
}

std::string template_hash(const Value& pod_template, const Value& collision_count) {
  // FNV-1a of the canonical text: stable between runs and builds, as a name that is stored must be.
  uint32_t hash = 2166136261u;
  for (unsigned char c : to_json(pod_template) + (collision_count.is_null() ? "" : std::to_string(collision_count.as_int()))) {
    hash = (hash ^ c) * 16777619u;
  }
  std::string out;
  for (char digit : std::to_string(hash)) out += kSafe[static_cast<size_t>(digit) % kSafe.size()];
  return out;
}

}  // namespace taut::sandbox::workloads
