#include "dialect/flux/kustomization.hh"

#include <fmt/format.h>

#include "dialect/flux/inventory.hh"
#include "dialect/flux/ownership.hh"
#include "engine/dependency_graph.hh"

namespace taut::flux {
namespace {

constexpr Duration kLeastTimeout = std::chrono::seconds(30);

Duration duration_of(const Value& text, Duration fallback) {
  return parse_go_duration(text.as_string()).value_or(fallback);
}

// The first field that is set and cannot be honored yet.
std::optional<Hold> find_unsupported(const Value& spec) {
  constexpr std::pair<const char*, std::string_view> kFields[] = {
      {"healthCheckExprs", "health by CEL expressions is not judged yet"},
  };
  for (const auto& [field, why] : kFields)
    if (!spec[field].empty()) return Hold{std::string(kUnsupportedField), fmt::format("spec.{} is not supported: {}", field, why), true};
  if (!spec["decryption"]["serviceAccountName"].empty())
    return Hold{std::string(kUnsupportedField), "spec.decryption.serviceAccountName is not supported: data keys held by cloud services are not asked for", true};
  size_t index = 0;
  for (const Value& dependency : spec["dependsOn"].items()) {
    if (!dependency["readyExpr"].empty())
      return Hold{std::string(kUnsupportedField),
                  fmt::format("spec.dependsOn[{}].readyExpr is not supported: CEL expressions are not evaluated yet", index), true};
    ++index;
  }
  index = 0;
  for (const Value& rule : spec["ignore"].items()) {
    for (const char* selector : {"labelSelector", "annotationSelector"})
      if (!rule["target"][selector].empty())
        return Hold{std::string(kUnsupportedField), fmt::format("spec.ignore[{}].target.{} is not supported", index, selector), true};
    ++index;
  }
  return std::nullopt;
}

bool deletes(const Value& spec) {
  std::string_view policy = spec["deletionPolicy"].as_string();
  if (spec["suspend"].as_bool()) return false;
  if (policy == "Delete" || policy == "WaitForTermination") return true;
  return policy != "Orphan" && spec["prune"].as_bool();
}

bool has_finalizer(const Value& object) {
  for (const Value& finalizer : object["metadata"]["finalizers"].items())
    if (finalizer.as_string() == kFinalizer) return true;
  return false;
}

std::string ns_or(const Value& ns, const std::string& fallback) { return ns.empty() ? fallback : ns.str(); }

// What the build reads of a spec, so that nothing else has objects rendered anew.
Value build_fields(const Value& spec) {
  Value out = Value::map();
  for (const char* field : {"targetNamespace", "namePrefix", "nameSuffix", "patches", "patchesStrategicMerge", "patchesJson6902",
                            "images", "components", "ignoreMissingComponents", "buildMetadata", "postBuild", "commonMetadata", "decryption"})
    if (const Value* value = spec.find(field)) out.set(field, *value);
  return out;
}

std::vector<plan::IgnoreRule> ignore_rules(const Value& spec) {
  std::vector<plan::IgnoreRule> out;
  for (const Value& rule : spec["ignore"].items()) {
    const Value& target = rule["target"];
    auto glob = [&](const char* field) { return target[field].empty() ? std::string("*") : target[field].str(); };
    plan::IgnoreRule ignore;
    ignore.group = glob("group");
    ignore.kind = glob("kind");
    ignore.name = target["name"].str();
    ignore.ns = target["namespace"].str();
    for (const Value& path : rule["paths"].items()) ignore.json_pointers.push_back(path.str());
    out.push_back(std::move(ignore));
  }
  return out;
}

}  // namespace

engine::UnitKey kustomization_key(std::string_view ns, std::string_view name) {
  return fmt::format("{}/Kustomization/{}/{}", kKustomizeGroup, ns, name);
}

std::vector<VariableRef> Kustomization::named() const {
  std::vector<VariableRef> out = variables;
  for (const std::string* secret : {&keys_secret, &target.secret})
    if (!secret->empty()) out.push_back({"Secret", *secret});
  if (!target.config_map.empty()) out.push_back({"ConfigMap", target.config_map});
  if (!target.account.empty()) out.push_back({"ServiceAccount", target.account});
  return out;
}

std::string node_of(const Dependency& object) { return engine::dependency_node(object.kind, object.name.ns, object.name.name); }

std::vector<std::string> nodes_of(const std::vector<Dependency>& objects) {
  std::vector<std::string> out;
  for (const Dependency& object : objects) out.push_back(node_of(object));
  return out;
}

std::vector<Dependency> read_dependencies(const Value& spec, const std::string& ns, const std::string& own_kind) {
  std::vector<Dependency> out;
  for (const Value& item : spec["dependsOn"].items())
    out.push_back({item["kind"].empty() ? own_kind : item["kind"].str(), {ns_or(item["namespace"], ns), item["name"].str()}});
  return out;
}

Kustomization read_kustomization(const Value& object, const Tenancy& tenancy) {
  const Value& spec = object["spec"];
  Kustomization out;
  out.self = {std::string(namespace_of(object)), std::string(name_of(object))};
  out.key = kustomization_key(out.self.ns, out.self.name);
  out.generation = object["metadata"]["generation"].as_int();
  out.requested_at = annotation_of(object, kRequestedAt);
  out.suspended = spec["suspend"].as_bool();
  out.deleting = object["metadata"].contains("deletionTimestamp");
  out.finalized = has_finalizer(object);
  out.interval = duration_of(spec["interval"], std::chrono::minutes(10));
  out.retry_interval = duration_of(spec["retryInterval"], out.interval);
  out.timeout = std::max(kLeastTimeout, duration_of(spec["timeout"], out.interval - std::chrono::seconds(30)));
  if (!spec["timeout"].empty()) out.timeout = duration_of(spec["timeout"], out.timeout);
  const Value& source = spec["sourceRef"];
  out.source = {source["kind"].str(), ns_or(source["namespace"], out.self.ns), source["name"].str()};
  out.depends_on = read_dependencies(spec, out.self.ns, "Kustomization");
  for (const Value& ref : spec["postBuild"]["substituteFrom"].items())
    out.variables.push_back({ref["kind"].str(), ref["name"].str(), ref["optional"].as_bool()});
  out.keys_secret = spec["decryption"]["secretRef"]["name"].str();
  out.target = read_target(spec, tenancy);
  out.remote_bases = !tenancy.no_remote_bases;
  out.wait = spec["wait"].as_bool();
  if (!out.wait) {
    for (const Value& check : spec["healthChecks"].items()) {
      Gvk gvk = Gvk::parse(check["apiVersion"].empty() ? "apps/v1" : check["apiVersion"].as_string(), check["kind"].as_string());
      out.health_checks.emplace_back(gvk, ObjectId{gvk.group, gvk.kind, check["namespace"].str(), check["name"].str()});
    }
  }
  out.deletes = deletes(spec);
  out.unsupported = find_unsupported(spec);
  if (!out.unsupported && tenancy.no_cross_namespace && out.source.ns != out.self.ns)
    out.unsupported = Hold{"AccessDenied", fmt::format("can't access '{}', cross-namespace references have been blocked", out.source.to_string()), true};
  return out;
}

engine::UnitSpec unit_spec(const Value& object, const Kustomization& read, const Given& given) {
  const Value& spec = object["spec"];
  engine::UnitSpec out;
  out.key = read.key;
  out.name = unit_name(read.self.ns, read.self.name);
  out.source.repo = artifact_url(read.source);
  out.source.path = spec["path"].str();
  out.source.raw = Value::map({{"flux", build_fields(spec)}, {"variables", given.variables}});
  if (!read.remote_bases) out.source.raw.set("remoteBases", false);
  if (!given.keys.is_null()) out.source.raw.set("decryption", given.keys);
  if (given.artifact) {
    out.source.revision = given.artifact->sha;
    out.source.stamp = given.artifact->revision + ' ' + given.artifact->digest;
  }
  out.policy.automated = !read.suspended;
  out.policy.prune = spec["prune"].as_bool();
  out.policy.self_heal = true;
  out.policy.allow_empty = true;
  out.policy.options = {"PruneLast=true", "PrunePropagationPolicy=background"};
  if (!spec["ignore"].empty()) out.policy.options.emplace_back("RespectIgnoreDifferences=true");
  out.policy.retry = engine::Retry{-1, true, read.retry_interval, 1, read.retry_interval};
  out.ignore = ignore_rules(spec);
  out.field_manager = "kustomize-controller";
  out.judgement = Judgement::kFlux;
  out.rules = std::make_shared<Rules>(spec["force"].as_bool());
  out.listed_only = true;
  out.checks = read.health_checks;
  out.renew_generated = true;
  out.deleting = read.deleting;
  out.cascade = read.deletes ? engine::Cascade::kBackground : engine::Cascade::kOrphan;
  if (given.hold) out.errors.push_back({given.hold->reason, given.hold->message, {}});
  Value hold = given.hold ? Value::list({given.hold->reason, given.hold->message}) : Value();
  out.fingerprint = Value::list({spec, out.source.raw, out.source.revision, out.source.stamp, read.deleting, hold, given.place.user});
  return out;
}

engine::UnitStatus read_status(const Value& object) {
  engine::UnitStatus out;
  out.resources = read_inventory(object["status"]["inventory"]);
  return out;
}

std::string revision_of(const engine::Source& source) { return source.stamp.substr(0, source.stamp.find(' ')); }

}  // namespace taut::flux
