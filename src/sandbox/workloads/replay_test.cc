// Replays the scenarios that were recorded on real controllers (kube-controller-manager 1.36 with kwok's nodes) and
// compares what each object went through and ended as. Races between controllers are part of a recording, so the ends
// must agree and the ways there are counted.
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <map>
#include <regex>
#include <set>
#include <sstream>

#include "base/strings.hh"
#include "sandbox/workloads/fake_cluster.hh"
#include "sandbox/workloads/fake_garbage.hh"
#include "sandbox/workloads/known.hh"
#include "sandbox/workloads/objects.hh"
#include "sandbox/workloads/workloads.hh"
#include "value/json.hh"

namespace taut::sandbox::workloads {
namespace {

using namespace std::chrono_literals;

std::filesystem::path corpus() {
  const char* set = std::getenv("TAUT_CORPUS");
  return std::filesystem::path(set ? set : TAUT_SOURCE_DIR "/../shared/corpus") / "kube/controllers";
}

Value conditions_of(const Value& status) {
  std::map<std::string, Value> sorted;
  for (const Value& condition : status["conditions"].items()) {
    Value out = Value::map({{"status", condition["status"]}, {"type", condition["type"]}});
    if (!condition["reason"].empty()) out.set("reason", condition["reason"]);
    sorted[condition["type"].str()] = out;
  }
  Value list = Value::list();
  for (auto& [type, condition] : sorted) list.push_back(condition);
  return list;
}

// The view of an object that the recordings hold.
class View {
 public:
  explicit View(const Value& object) : object_(object), kind_(object["kind"].str()) {
    common();
    if (kind_ == "Pod") pod();
    if (kind_ == "EndpointSlice") slice();
    if (kind_ == "Endpoints") endpoints();
    if (kind_ == "CronJob") cron();
    if (kind_ == "PersistentVolumeClaim") claim();
    if (kind_ == "ResourceQuota") quota();
    if (kind_ == "ControllerRevision") out_.set("revision", object["revision"]);
    if (counted()) counts();
  }
  const Value& state() const { return out_; }
  bool shown() const {
    static const std::set<std::string> kinds{"Pod", "Deployment", "ReplicaSet", "StatefulSet", "DaemonSet", "Job", "CronJob", "Endpoints",
                                             "EndpointSlice", "PodDisruptionBudget", "HorizontalPodAutoscaler", "ResourceQuota",
                                             "PersistentVolumeClaim", "ControllerRevision"};
    return kinds.contains(kind_);
  }

 private:
  bool counted() const {
    static const std::set<std::string> kinds{"Deployment", "ReplicaSet", "StatefulSet", "DaemonSet", "Job", "PodDisruptionBudget",
                                             "HorizontalPodAutoscaler"};
    return kinds.contains(kind_);
  }

  void common() {
    out_ = Value::map();
    Value owners = Value::list();
    for (const Value& owner : object_["metadata"]["ownerReferences"].items()) owners.push_back(owner["kind"].str() + "/" + owner["name"].str());
    if (!owners.empty()) out_.set("owners", owners);
    if (!object_["metadata"]["finalizers"].empty()) out_.set("finalizers", object_["metadata"]["finalizers"]);
    if (is_deleting(object_)) out_.set("deleting", true);
  }

  void counts() {
    Value status = object_["status"];
    const Value conditions = conditions_of(status);
    if (!conditions.empty()) out_.set("conditions", conditions);
    out_.set("generation", object_["metadata"]["generation"]);
    if (kind_ != "Job" && kind_ != "PodDisruptionBudget" && kind_ != "HorizontalPodAutoscaler" && kind_ != "DaemonSet") {
      out_.set("replicas", object_["spec"]["replicas"]);
    }
    if (auto revision = annotation_of(object_, "deployment.kubernetes.io/revision"); !revision.empty()) out_.set("revision", revision);
    if (kind_ == "Job" && !status["uncountedTerminatedPods"].empty()) {
      Value uncounted = Value::map();
      for (const Entry& entry : status["uncountedTerminatedPods"].entries()) uncounted.set(entry.key(), entry.value.size());
      out_.set("uncounted", uncounted);
    }
    for (const char* field : {"conditions", "startTime", "completionTime", "uncountedTerminatedPods", "lastScaleTime", "currentMetrics"}) status.erase(field);
    out_.set("status", status.is_map() ? status : Value::map());
  }

  void pod() {
    out_.set("bound", !object_["spec"]["nodeName"].empty());
    out_.set("phase", object_["status"]["phase"]);
    // The recording's nodes were kwok's, which leaves the conditions of finished pods as they were.
    Value conditions = conditions_of(object_["status"]);
    if (!conditions.empty() && !pod_finished(object_)) out_.set("conditions", conditions);
    Value containers = Value::list();
    for (const Value& status : object_["status"]["containerStatuses"].items()) {
      Value states = Value::list();
      for (const Entry& state : status["state"].entries()) states.push_back(state.name);
      containers.push_back(Value::map({{"name", status["name"]}, {"ready", status["ready"]}, {"state", states}}));
    }
    if (!containers.empty()) out_.set("containers", containers);
  }

  void slice() {
    out_.set("managed", label_of(object_, "endpointslice.kubernetes.io/managed-by"));
    std::multiset<std::string> endpoints;
    for (const Value& endpoint : object_["endpoints"].items()) {
      std::string text = to_json(endpoint["conditions"]);
      endpoints.insert(replace_all(replace_all(text, "\":", "\": "), ",", ", "));
    }
    Value list = Value::list(), ports = Value::list();
    for (const std::string& text : endpoints) list.push_back(text);
    for (const Value& port : object_["ports"].items()) ports.push_back(port["port"]);
    out_.set("endpoints", list);
    out_.set("ports", ports);
  }

  void endpoints() {
    Value subsets = Value::list();
    for (const Value& subset : object_["subsets"].items()) {
      Value ports = Value::list();
      for (const Value& port : subset["ports"].items()) ports.push_back(port["port"]);
      subsets.push_back(Value::map({{"notReady", subset["notReadyAddresses"].size()}, {"ports", ports}, {"ready", subset["addresses"].size()}}));
    }
    out_.set("subsets", subsets);
  }

  void cron() {
    const Value& status = object_["status"];
    out_.set("active", status["active"].size());
    out_.set("scheduled", !status["lastScheduleTime"].is_null());
    out_.set("succeeded", !status["lastSuccessfulTime"].is_null());
  }

  void claim() {
    out_.set("phase", object_["status"]["phase"]);
    out_.set("volume", object_["spec"]["volumeName"]);
  }

  void quota() {
    out_.set("hard", object_["status"]["hard"]);
    out_.set("used", object_["status"]["used"]);
  }

  const Value& object_;
  std::string kind_;
  Value out_;
};

// One scenario on a fake cluster: carries out the steps and notes the states of every object.
class Replay {
 public:
  Replay() {
    Options options;
    options.default_class = false;
    options.show_creating = false;
    options.start = 50ms;
    workloads_ = Workloads::start_on([this](const std::string&) { return cluster_.client(); }, time_, options);
    garbage_ = collect_garbage(cluster_, time_);
    (void)cluster_.client()->create(*parse_json(R"({"apiVersion":"v1","kind":"Namespace","metadata":{"name":"$NS"}})"));
    time_.run_for(200ms);
    watcher_ = cluster_.client()->watch(all_kinds(), [this](const Change& change) { note(change); });
  }

  // False when a step was not recorded well enough to repeat.
  bool step(const Value& step, const Value& scenario) {
    for (const Value& did : step["did"].items()) {
      if (!did.is_map()) return false;
      if (!did["kubelet"].is_null()) {
        play_kubelet(did["kubelet"]);
      } else if (!request(did, step, scenario)) {
        return false;
      }
    }
    // Long enough for deadlines, time to live and the next minute of a CronJob; short scenarios are over much sooner.
    time_.run_for(scenario["id"].as_string() == "cronjob" ? 130s : 15s);
    return true;
  }

  // Final states and ways, by kind and name without what differs from run to run.
  std::multimap<std::string, std::string> finals() const {
    std::multimap<std::string, std::string> out;
    for (const auto& [key, states] : states_) {
      if (!states.back().is_null()) out.emplace(masked(key), masked(to_json(states.back())));
    }
    return out;
  }
  std::multiset<std::string> ways() const {
    std::multiset<std::string> out;
    for (const auto& [key, states] : states_) {
      std::string way = masked(key);
      for (const Value& state : states) way += "\n" + masked(to_json(state));
      out.insert(way);
    }
    return out;
  }

 private:
  static std::vector<Gvk> all_kinds() {
    using namespace known;
    return {kPod, kDeployment, kReplicaSet, kStatefulSet, kDaemonSet, kJob, kCronJob, kEndpoints, kEndpointSlice, kDisruptionBudget,
            kAutoscaler, kQuota, kClaim, kRevision};
  }

  void note(const Change& change) {
    const View view(change.object);
    if (!view.shown()) return;
    const std::string name(name_of(change.object)), kind = change.object["kind"].str();
    if (change.type == ChangeType::kAdded && kind == "ReplicaSet") hashes_.emplace_back(label_of(change.object, "pod-template-hash"));
    if (change.type == ChangeType::kAdded && kind == "ControllerRevision") {
      const bool whole = change.object["metadata"]["ownerReferences"][0]["kind"].as_string() == "StatefulSet";
      hashes_.push_back(whole ? name : name.substr(name.rfind('-') + 1));
    }
    auto& states = states_[kind + "/" + name + "@" + change.object["metadata"]["uid"].str()];
    if (change.type == ChangeType::kDeleted) {
      states.push_back(Value());
    } else if (states.empty() || states.back() != view.state()) {
      states.push_back(view.state());
    }
  }

  std::string masked(std::string text) const {
    for (size_t i = 0; i < hashes_.size(); ++i) {
      if (!hashes_[i].empty()) text = replace_all(text, hashes_[i], fmt::format("<hash:{}>", i + 1));
    }
    static const std::regex generated("-[0-9]{5}(?![0-9])"), uid("@uid-[0-9]+"), minute("cj-[0-9]{8}");
    text = std::regex_replace(text, minute, "cj-<minute>");
    return std::regex_replace(std::regex_replace(text, uid, ""), generated, "-<gen>");
  }

  void play_kubelet(const Value& status) {
    const std::vector<Value> pods = *cluster_.client()->list(known::kPod, "$NS");
    for (Value pod : pods) {
      if (pod["spec"]["nodeName"].as_string() != "ghost") continue;
      for (const Entry& entry : status.entries()) pod.edit("status").set(entry.key(), entry.value);
      ASSERT_TRUE(cluster_.client()->update_status(pod));
    }
  }

  static void merge(Value& target, const Value& patch) {
    for (const Entry& entry : patch.entries()) {
      if (entry.value.is_null()) {
        target.erase(entry.key());
      } else if (entry.value.is_map()) {
        Value child = target[entry.key()];
        if (!child.is_map()) child = Value::map();
        merge(child, entry.value);
        target.set(entry.key(), child);
      } else if (entry.key() == "containers") {
        // Strategic: items are merged by name.
        Value list = target["containers"];
        for (const Value& item : entry.value.items()) {
          for (size_t i = 0; i < list.size(); ++i) {
            if (list[i]["name"] == item["name"]) merge(list.edit(i), item);
          }
        }
        target.set("containers", list);
      } else {
        target.set(entry.key(), entry.value);
      }
    }
  }

  static const Gvk* kind_of(std::string_view plural) {
    static const std::map<std::string, Gvk, std::less<>> kinds{
        {"pods", known::kPod},           {"services", known::kService},         {"endpoints", known::kEndpoints},
        {"deployments", known::kDeployment}, {"replicasets", known::kReplicaSet}, {"statefulsets", known::kStatefulSet},
        {"daemonsets", known::kDaemonSet},   {"jobs", known::kJob},             {"cronjobs", known::kCronJob},
        {"persistentvolumeclaims", known::kClaim}, {"persistentvolumes", known::kVolume}, {"serviceaccounts", known::kServiceAccount}};
    auto at = kinds.find(plural);
    return at == kinds.end() ? nullptr : &at->second;
  }

  bool request(const Value& did, const Value& step, const Value& scenario) {
    auto client = cluster_.client();
    const std::string method = did["method"].str(), path = did["path"].str();
    const bool namespaced = path.find("/namespaces/$NS/") != path.npos;
    if (method == "POST" || method == "PUT") {
      Value object = did["body"];
      if (namespaced) object.edit("metadata").set("namespace", "$NS");
      return (method == "POST" ? client->create(object) : client->update(object)).has_value();
    }
    const std::string rest = path.substr(path.find(namespaced ? "$NS/" : "v1/") + (namespaced ? 4 : 3));
    const auto parts = split(rest, '/');
    const Gvk* kind = kind_of(parts[0]);
    if (!kind) return false;
    const std::string ns = namespaced ? "$NS" : "", name = parts.size() > 1 ? std::string(parts[1]) : "";
    if (method == "PATCH") {
      auto object = client->get(*kind, ns, name);
      if (!object) return false;
      merge(*object, did["body"]);
      return client->update(*object).has_value();
    }
    RemoveOptions options;
    options.propagation = propagation(scenario, step, kind->kind + "/" + name);
    if (!name.empty()) return client->remove(*kind, ns, name, options).has_value();
    const std::vector<Value> objects = *client->list(*kind, ns);
    for (const Value& object : objects) (void)client->remove(*kind, ns, name_of(object), {});
    return true;
  }

  // The recordings do not hold the query; the finalizers that followed tell it.
  static std::string propagation(const Value& scenario, const Value& step, const std::string& key) {
    for (const Value& state : scenario["objects"][key].items()) {
      if (state["step"] != step["step"]) continue;
      for (const Value& finalizer : state["state"]["finalizers"].items()) {
        if (finalizer.as_string() == "foregroundDeletion") return "Foreground";
        if (finalizer.as_string() == "orphan") return "Orphan";
      }
    }
    return "Background";
  }

  FakeScheduler time_{*parse_rfc3339("2026-01-01T00:00:05Z")};
  FakeCluster cluster_{time_};
  std::unique_ptr<Workloads> workloads_;
  std::unique_ptr<Runtime> garbage_;
  std::map<std::string, std::vector<Value>> states_;
  std::vector<std::string> hashes_;
  std::unique_ptr<Subscription> watcher_;
};

std::string plain(std::string text) {
  // One revision's name slipped through the recorder's masks.
  static const std::regex generated("<gen:[0-9]+>"), minute("cj-[0-9]{8}"), slipped("db-56c944b88f");
  text = std::regex_replace(text, slipped, "<hash:2>");
  return std::regex_replace(std::regex_replace(text, minute, "cj-<minute>"), generated, "<gen>");
}

Value recorded_state(const std::string& key, Value state) {
  std::string_view phase = state["phase"].as_string();
  if (key.starts_with("Pod/") && (phase == "Succeeded" || phase == "Failed")) state.erase("conditions");
  return state;
}

struct Score {
  int finals = 0, finals_same = 0, ways = 0, ways_same = 0;
  bool repeatable = true;
};

std::multimap<std::string, std::string> recorded_finals(const Value& scenario) {
  std::multimap<std::string, std::string> out;
  for (const Entry& entry : scenario["final"].entries()) {
    if (!entry.value.is_null() && !entry.key().starts_with("ServiceAccount")) {
      out.emplace(plain(std::string(entry.key())), plain(to_json(recorded_state(std::string(entry.key()), entry.value))));
    }
  }
  return out;
}

Score score(const Value& scenario, bool show) {
  Score out;
  Replay replay;
  for (const Value& step : scenario["steps"].items()) {
    if (!replay.step(step, scenario)) {
      out.repeatable = false;
      return out;
    }
  }
  auto got = replay.finals();
  for (const auto& [key, state] : recorded_finals(scenario)) {
    ++out.finals;
    auto [from, to] = got.equal_range(key);
    auto found = std::find_if(from, to, [&wanted = state](const auto& entry) { return entry.second == wanted; });
    if (found != to) {
      ++out.finals_same;
      got.erase(found);
    } else if (show) {
      std::cout << "    " << key << "\n      want " << state << "\n      got  " << (from == to ? "nothing" : from->second) << "\n";
    }
  }
  auto ways = replay.ways();
  for (const Entry& entry : scenario["objects"].entries()) {
    const std::string key(entry.key());
    if (key.starts_with("ServiceAccount")) continue;
    ++out.ways;
    std::string way = plain(key), last;
    for (const Value& change : entry.value.items()) {
      std::string state = change["type"].as_string() == "DELETED" ? "null" : plain(to_json(recorded_state(key, change["state"])));
      if (state != last) way += "\n" + state;
      last = state;
    }
    auto found = ways.find(way);
    if (found == ways.end() && show) {
      std::cout << "    WAY of " << way << "\n    GOT\n";
      for (const std::string& other : ways) {
        if (other.starts_with(plain(key) + "\n")) std::cout << "    " << other << "\n";
      }
    }
    if (found == ways.end()) continue;
    ++out.ways_same;
    ways.erase(found);
  }
  return out;
}

TEST(Replay, scenarios_end_as_the_real_controllers_end_them) {
  if (!std::filesystem::exists(corpus())) GTEST_SKIP() << "no corpus at " << corpus();
  const char* only = std::getenv("TAUT_SHOW");
  Score sum;
  int ended = 0, scenarios = 0, skipped = 0;
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::directory_iterator(corpus())) files.push_back(entry.path());
  std::sort(files.begin(), files.end());
  for (const auto& file : files) {
    std::ifstream in(file);
    std::stringstream text;
    text << in.rdbuf();
    const Value scenario = parse_json(text.str()).value_or(Value());
    const Score one = score(scenario, only && (std::string(only) == "all" || file.stem() == only));
    if (!one.repeatable) {
      ++skipped;
      std::cout << "  " << file.stem().string() << ": a step is not recorded in full\n";
      continue;
    }
    ++scenarios;
    ended += one.finals_same == one.finals ? 1 : 0;
    sum.finals += one.finals;
    sum.finals_same += one.finals_same;
    sum.ways += one.ways;
    sum.ways_same += one.ways_same;
    std::cout << fmt::format("  {}: ends {}/{}, ways {}/{}\n", file.stem().string(), one.finals_same, one.finals, one.ways_same, one.ways);
  }
  std::cout << fmt::format("scenarios that end alike: {} of {} ({} skipped); objects: ends {}/{}, ways {}/{}\n", ended, scenarios, skipped,
                           sum.finals_same, sum.finals, sum.ways_same, sum.ways);
  EXPECT_GE(ended * 100, scenarios * 95);
}

}  // namespace
}  // namespace taut::sandbox::workloads
