#include "dialect/flux/helm_release.hh"

#include <fmt/format.h>

#include "base/sha256.hh"

namespace taut::flux {
namespace {

constexpr size_t kLongest = 53;
constexpr size_t kHash = 12;

std::string or_else(const Value& text, const std::string& fallback) { return text.empty() ? fallback : text.str(); }

Hold unsupported(std::string_view field, std::string_view why) {
  return Hold{std::string(kUnsupportedField), fmt::format("spec.{} is not supported: {}", field, why), true};
}

std::optional<Hold> find_unsupported(const Value& spec) {
  constexpr std::pair<const char*, std::string_view> kFields[] = {
      {"healthCheckExprs", "health by CEL expressions is not judged yet"},
  };
  for (const auto& [field, why] : kFields)
    if (!spec[field].empty()) return unsupported(field, why);
  size_t index = 0;
  for (const Value& dependency : spec["dependsOn"].items()) {
    if (!dependency["readyExpr"].empty())
      return unsupported(fmt::format("dependsOn[{}].readyExpr", index), "CEL expressions are not evaluated yet");
    ++index;
  }
  if (spec["waitStrategy"]["name"].as_string() == "legacy")
    return unsupported("waitStrategy.name", "'legacy' is Helm 3's judgement of what is ready; objects are judged as by 'poller'");
  std::string_view kind = spec["chartRef"]["kind"].as_string();
  if (!kind.empty() && kind != "OCIRepository" && kind != "HelmChart")
    return unsupported("chartRef.kind", fmt::format("charts of a {} are not taken yet", kind));
  if (spec["chart"].is_map() == spec["chartRef"].is_map()) return Hold{"InvalidChartReference", "invalid Chart reference", true};
  return std::nullopt;
}

// A HelmChart is in the namespace of its source.
std::optional<Hold> foreign_chart(const HelmRelease& read) {
  if (read.source.ns == read.self.ns) return std::nullopt;
  const SourceRef& source = read.source;
  return Hold{"AccessDenied", fmt::format("cross-namespace references are not allowed: cannot access {} {}/{}", source.kind, source.ns, source.name), true};
}

bool retries_on_failure(const Value& settings) { return settings["strategy"]["name"].as_string() == "RetryOnFailure"; }

std::string last_action(const Value& status) { return status["lastAttemptedReleaseAction"].str(); }

}  // namespace

std::string short_release_name(const std::string& name) {
  if (name.size() <= kLongest) return name;
  return fmt::format("{}-{}", name.substr(0, kLongest - kHash - 1), sha256_hex(name).substr(0, kHash));
}

HelmRelease read_helm_release(const Value& object, const Tenancy& tenancy) {
  const Value& spec = object["spec"];
  HelmRelease out;
  out.self = {std::string(namespace_of(object)), std::string(name_of(object))};
  out.generation = object["metadata"]["generation"].as_int();
  out.suspended = spec["suspend"].as_bool();
  out.deleting = object["metadata"].contains("deletionTimestamp");
  for (const Value& finalizer : object["metadata"]["finalizers"].items()) out.finalized = out.finalized || finalizer.as_string() == kFinalizer;
  out.interval = parse_go_duration(spec["interval"].as_string()).value_or(std::chrono::minutes(5));
  std::string target = spec["targetNamespace"].str();
  out.ns = target.empty() ? out.self.ns : target;
  out.storage_ns = or_else(spec["storageNamespace"], out.self.ns);
  out.release = short_release_name(or_else(spec["releaseName"], target.empty() ? out.self.name : target + '-' + out.self.name));
  out.depends_on = read_dependencies(spec, out.self.ns, "HelmRelease");
  if (const Value& ref = spec["chartRef"]; ref.is_map()) {
    out.source = {ref["kind"].str(), or_else(ref["namespace"], out.self.ns), ref["name"].str()};
  } else {
    out.chart = {or_else(spec["chart"]["spec"]["sourceRef"]["namespace"], out.self.ns), out.self.ns + '-' + out.self.name};
    out.source = {"HelmChart", out.chart.ns, out.chart.name};
  }
  out.target = read_target(spec, tenancy);
  out.unsupported = find_unsupported(spec);
  if (!out.unsupported && tenancy.no_cross_namespace) out.unsupported = foreign_chart(out);
  return out;
}

Value helm_chart_of(const Value& object, const HelmRelease& read) {
  const Value& wanted = object["spec"]["chart"]["spec"];
  Value spec = Value::map({{"chart", wanted["chart"]},
                           {"interval", wanted["interval"].empty() ? object["spec"]["interval"] : wanted["interval"]},
                           {"sourceRef", Value::map({{"kind", wanted["sourceRef"]["kind"]}, {"name", wanted["sourceRef"]["name"]}})}});
  for (const char* field : {"version", "reconcileStrategy", "valuesFiles", "ignoreMissingValuesFiles", "verify"})
    if (const Value* value = wanted.find(field)) spec.set(field, *value);
  const Value& more = object["spec"]["chart"]["metadata"];
  Value labels = more["labels"].is_map() ? more["labels"] : Value::map();
  labels.set(fmt::format("{}/name", kHelmGroup), read.self.name);
  labels.set(fmt::format("{}/namespace", kHelmGroup), read.self.ns);
  Value metadata = Value::map({{"name", read.chart.name}, {"namespace", read.chart.ns}, {"labels", labels}});
  if (more["annotations"].is_map()) metadata.set("annotations", more["annotations"]);
  Gvk gvk = source_gvk("HelmChart");
  return Value::map({{"apiVersion", gvk.api_version()}, {"kind", gvk.kind}, {"metadata", metadata}, {"spec", spec}});
}

Duration helm_timeout(const Value& spec, std::string_view action) {
  Duration usual = parse_go_duration(spec["timeout"].as_string()).value_or(std::chrono::minutes(5));
  return parse_go_duration(spec[action]["timeout"].as_string()).value_or(usual);
}

Remediation remediation_of(const Value& spec, const Value& status, const std::string& action) {
  const Value& said = spec[action]["remediation"];
  bool install = action == "install";
  Remediation out;
  out.action = action;
  out.retries = said["retries"].as_int();
  out.last_too = said["remediateLastFailure"].as_bool(!install && out.retries > 0);
  out.ignore_tests = said["ignoreTestFailures"].as_bool(spec["test"]["ignoreFailures"].as_bool());
  out.uninstall = install || said["strategy"].as_string() == "uninstall";
  out.failures = status[install ? "installFailures" : "upgradeFailures"].as_int();
  return out;
}

std::optional<Remediation> active_remediation(const Value& spec, const Value& status) {
  std::string action = last_action(status);
  return action.empty() ? std::nullopt : std::optional(remediation_of(spec, status, action));
}

std::optional<Duration> active_retry(const Value& spec, const Value& status) {
  std::string action = last_action(status);
  if (action.empty() || !retries_on_failure(spec[action])) return std::nullopt;
  return parse_go_duration(spec[action]["strategy"]["retryInterval"].as_string()).value_or(std::chrono::minutes(5));
}

bool wants_drift(const Value& spec) {
  std::string_view mode = spec["driftDetection"]["mode"].as_string();
  return mode == "enabled" || mode == "warn";
}

}  // namespace taut::flux
