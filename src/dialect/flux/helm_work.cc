#include "dialect/flux/helm_work.hh"

#include "base/log.hh"
#include "dialect/flux/conditions.hh"
#include "dialect/flux/helm_digest.hh"
#include "dialect/flux/helm_history.hh"
#include "dialect/flux/source.hh"
#include "release/storage.hh"
#include "value/patch.hh"

namespace taut::flux {
namespace {

constexpr std::string_view kReleased = "Released";
constexpr std::string_view kRemediated = "Remediated";
constexpr std::string_view kTestSuccess = "TestSuccess";

}  // namespace

HelmWork::HelmWork(const HelmWorld& world, Value object)
    : world(world), object(std::move(object)), read(read_helm_release(this->object, world.tenancy)), status(this->object["status"]) {
  if (!status.is_map()) status = Value::map();
}

const Value& HelmWork::latest() const { return latest_snapshot(status["history"]); }

void HelmWork::mark(std::string_view type, std::string_view value, std::string_view reason, std::string_view message) {
  Conditions conditions(status["conditions"], read.generation, now);
  conditions.set(type, value, reason, message);
  status.set("conditions", conditions.list());
}

void HelmWork::mark_reconciling(std::string_view reason, std::string_view message) {
  unmark(kStalled);
  mark_true(kReconciling, reason, message);
}

void HelmWork::mark_stalled(std::string_view reason, std::string_view message) {
  unmark(kReconciling);
  mark_true(kStalled, reason, message);
}

void HelmWork::unmark(std::string_view type) {
  Conditions conditions(status["conditions"], read.generation, now);
  conditions.remove(type);
  status.set("conditions", conditions.list());
}

const Value& HelmWork::condition(std::string_view type) const {
  static const Value kNone;
  for (const Value& condition : status["conditions"].items())
    if (condition["type"].as_string() == type) return condition;
  return kNone;
}

// What was remediated comes before tests and those before the release, unless it is of an earlier generation. Whatever
// was remediated has failed.
void HelmWork::summarize() {
  const Value& tests = spec()["test"];
  if (!wants_tests(spec())) unmark(kTestSuccess);
  const Value* chosen = nullptr;
  for (std::string_view type : {kReleased, kTestSuccess, kRemediated}) {
    if (type == kTestSuccess && (!wants_tests(spec()) || tests["ignoreFailures"].as_bool())) continue;
    const Value& found = condition(type);
    if (found.is_null()) continue;
    if (!chosen || found["observedGeneration"].as_int() >= (*chosen)["observedGeneration"].as_int()) chosen = &found;
  }
  if (chosen) {
    Value said = *chosen;
    bool remediated = said["type"].as_string() == kRemediated;
    std::string_view value = remediated ? "False" : said["status"].as_string();
    if (value == "True") unmark(kStalled);
    mark(kReady, value, said["reason"].as_string(), said["message"].as_string());
  }
  auto observe = [&](const char* field, const std::string& digest) {
    if (digest.empty())
      status.erase(field);
    else
      status.set(field, digest);
  };
  observe("observedPostRenderersDigest", post_renderers_digest(spec()["postRenderers"]));
  observe("observedCommonMetadataDigest", common_metadata_digest(spec()["commonMetadata"]));
}

void HelmWork::clear_failures() {
  for (const char* field : {"failures", "installFailures", "upgradeFailures"}) status.erase(field);
}

void HelmWork::note(std::string type, std::string_view reason, const std::string& message) const {
  if (!world.note) return;
  Note out{std::move(type), std::string(reason), message};
  auto fact = [&](const char* name, const std::string& text) {
    if (!text.empty()) out.facts.emplace_back(name, text);
  };
  if (wish) {
    fact("revision", wish->chart->metadata.version);
    fact("app-version", wish->chart->metadata.app_version);
    fact("token", wish->values_digest);
    fact("oci-digest", wish->oci_digest);
  }
  world.note(object, out);
}

bool HelmWork::save() {
  Value before = object["status"].is_map() ? object["status"] : Value::map();
  Value patch = make_merge_patch(before, status);
  return patch.empty() || write(Value::map({{"status", std::move(patch)}}), "status");
}

bool HelmWork::write_finalizers(bool wanted) {
  Value rest = Value::list();
  for (const Value& finalizer : object["metadata"]["finalizers"].items())
    if (finalizer.as_string() != kFinalizer) rest.push_back(finalizer);
  if (wanted) rest.push_back(kFinalizer);
  return write(Value::map({{"metadata", Value::map({{"finalizers", rest}, {"resourceVersion", object["metadata"]["resourceVersion"]}})}}), "");
}

// An object that is gone needs no status.
bool HelmWork::write(Value patch, const char* subresource) {
  WriteRequest request;
  request.verb = WriteVerb::kMergePatch;
  request.ref = {helm_release_gvk(), read.self.ns, read.self.name};
  request.body = std::move(patch);
  request.subresource = subresource;
  request.field_manager = "helm-controller";
  auto written = world.cluster.write(request);
  if (written) {
    // The spec that this run works on stays: a change of it has a run of its own.
    object.set("metadata", written->object["metadata"]);
    object.set("status", written->object["status"]);
    return true;
  }
  if (written.error().code() == Code::kNotFound) return true;
  log::warn("HelmRelease {}/{} could not be written: {}", read.self.ns, read.self.name, written.error().message());
  return false;
}

Result<engine::Dialect::Place> HelmWork::place() const {
  const Target& wanted = read.target;
  engine::Dialect::Place out;
  if (!wanted.secret.empty()) {
    std::string name = fmt::format("{}/{}", read.self.ns, wanted.secret);
    auto secret = world.cluster.get({{"", "v1", "Secret"}, read.self.ns, wanted.secret});
    if (!secret) return fail(secret.error().code(), "could not get KubeConfig secret '{}': {}", name, secret.error().message());
    Value data = secret_data(*secret);
    auto key = kubeconfig_key(data, wanted.key);
    if (!key)
      return fail(Code::kInvalid, "KubeConfig secret '{}' does not contain a {} key with data", name,
                  wanted.key.empty() ? "'value' or 'value.yaml'" : fmt::format("'{}'", wanted.key));
    out.cluster = name + '/' + *key;
    out.kubeconfig = data[*key].str();
  } else if (!wanted.config_map.empty()) {
    auto map = world.cluster.get({{"", "v1", "ConfigMap"}, read.self.ns, wanted.config_map});
    if (!map) return fail(map.error().code(), "failed to get configmap {}/{}: {}", read.self.ns, wanted.config_map, map.error().message());
    TAUT_ASSIGN(out, place_of_config_map(*map));
  }
  out.user = account_user(read.self.ns, wanted.account);
  return out;
}

Status HelmWork::reach_target() {
  TAUT_ASSIGN(auto where, place());
  if (where == engine::Dialect::Place()) return {};
  if (!world.reach) return fail(Code::kUnsupported, "other clusters are not served");
  TAUT_ASSIGN(target_, world.reach(where));
  return {};
}

release::World HelmWork::releases() const {
  return {.cluster = target(), .cache = world.cache, .storage_ns = status["storageNamespace"].str(), .field_manager = "helm-controller", .random = world.random};
}

Result<std::vector<release::Release>> HelmWork::records() const {
  auto found = release::Storage(target(), status["storageNamespace"].str()).history(read.release);
  if (!found && found.error().code() == Code::kNotFound) return std::vector<release::Release>();
  return found;
}

Task<release::Outcome> HelmWork::carry_out(release::Operation operation) {
  while (auto again = operation.step(now)) {
    co_await pause(*again - now);
    if (interrupted) operation.cancel();
  }
  release::Outcome out = operation.outcome();
  co_return out;
}

}  // namespace taut::flux
