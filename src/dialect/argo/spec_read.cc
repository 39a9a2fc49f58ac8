#include <algorithm>
#include <cstdlib>

#include "base/strings.hh"
#include "dialect/argo/application.hh"
#include "dialect/argo/depends_on.hh"
#include "dialect/argo/ignore_rules.hh"
#include "dialect/argo/orphans.hh"
#include "dialect/argo/sources.hh"
#include "dialect/argo/sync_windows.hh"
#include "dialect/argo/tracking.hh"
#include "port/repositories.hh"

namespace taut::argo {
namespace {

using engine::Condition;

// Kubernetes takes no longer value of a label; Argo CD cuts there too.
constexpr size_t kLabelLimit = 63;
constexpr std::string_view kInstallationAnnotation = "argocd.argoproj.io/installation-id";

constexpr std::string_view kOrphanWarning = "OrphanedResourceWarning";
constexpr std::string_view kOrphansBefore = "Application has ", kOrphansAfter = " orphaned resources";

Condition invalid(std::string message) { return {"InvalidSpecError", std::move(message), {}}; }

std::vector<std::string> strings(const Value& list) {
  std::vector<std::string> out;
  for (const Value& item : list.items()) out.push_back(item.str());
  return out;
}

engine::Retry read_retry(const Value& retry) {
  engine::Retry out;
  out.limit = retry["limit"].as_int();
  out.refresh = retry["refresh"].as_bool();
  const Value& backoff = retry["backoff"];
  // "5" is five seconds, as Argo CD's ParseStringToDuration has it.
  auto duration = [](const Value& text, Duration fallback) {
    if (auto parsed = parse_go_duration(text.as_string())) return *parsed;
    return fallback;
  };
  out.base = duration(backoff["duration"], out.base);
  if (backoff["factor"].as_int() > 0) out.factor = static_cast<double>(backoff["factor"].as_int());
  out.cap = duration(backoff["maxDuration"], out.cap);
  return out;
}

engine::Policy read_policy(const Value& policy) {
  engine::Policy out;
  const Value& automated = policy["automated"];
  out.automated = automated.is_map() && automated["enabled"].as_bool(true);
  out.prune = automated["prune"].as_bool();
  out.self_heal = automated["selfHeal"].as_bool();
  out.allow_empty = automated["allowEmpty"].as_bool();
  out.options = strings(policy["syncOptions"]);
  if (policy["retry"].is_map()) out.retry = read_retry(policy["retry"]);
  out.namespace_labels = policy["managedNamespaceMetadata"]["labels"];
  out.namespace_annotations = policy["managedNamespaceMetadata"]["annotations"];
  return out;
}

std::vector<plan::IgnoreRule> read_ignore(const Value& rules, std::vector<Condition>& errors) {
  std::vector<plan::IgnoreRule> out;
  std::vector<std::string> faults;
  for (const Value& rule : rules.items())
    out.push_back(read_ignore_rule(rule, fmt::format("spec.ignoreDifferences[{}]", out.size()), faults));
  for (std::string& fault : faults) errors.push_back(invalid(std::move(fault)));
  return out;
}

// A chart is named with its repository, as one URL (io/registry/chart_source.hh). A repository without a scheme is an
// OCI registry, as in Argo CD.
std::string repository_of(const Value& source) {
  std::string url = source["repoURL"].str();
  std::string_view chart = source["chart"].as_string();
  if (chart.empty()) return url;
  if (url.find("://") == std::string::npos) url = "oci://" + url;
  return fmt::format("chart+{}#{}", url, chart);
}

// What the project has credentials of its own for is read as the project.
void read_as_project(engine::Source& source, std::string_view project, std::span<const ProjectRepository> repositories) {
  for (engine::Source& part : source.parts) read_as_project(part, project, repositories);
  if (source.parts.empty() && has_own(repositories, project, source.raw["repoURL"].as_string()))
    source.repo = in_project(project, source.repo);
}

void read_as_project(Application& application, std::string_view project, std::span<const ProjectRepository> repositories) {
  if (repositories.empty()) return;
  auto read = [&](engine::Source& source) { read_as_project(source, project, repositories); };
  auto read_shared = [&](Shared<engine::Source>& shared) {
    engine::Source source = shared;
    read(source);
    shared = std::move(source);
  };
  read(application.spec.source);
  read_shared(application.observed.compared_source);
  for (engine::History& entry : application.observed.history) read_shared(entry.source);
  if (auto& state = application.observed.operation) {
    read_shared(state->source);
    if (state->operation.source) read(*state->operation.source);
  }
  if (application.operation && application.operation->source) read(*application.operation->source);
}

// What taut understands but does not do yet is refused by name, never ignored.
void note_unsupported(const Value& spec, std::vector<Condition>& errors) {
  if (spec["sourceHydrator"].is_map()) errors.push_back(invalid("spec.sourceHydrator is not supported by taut"));
  auto note = [&](const Value& source, const std::string& path) {
    if (!source["plugin"].empty()) errors.push_back(invalid(path + ".plugin is not supported by taut"));
    if (!source["tagPrefix"].empty()) errors.push_back(invalid(path + ".tagPrefix is not supported by taut"));
    const Value& jsonnet = source["directory"]["jsonnet"];
    bool asked = std::ranges::any_of(jsonnet.entries(), [](const Entry& entry) { return !entry.value.empty(); });
    if (asked) errors.push_back(invalid(path + ".directory.jsonnet is not supported by taut"));
  };
  note(spec["source"], "spec.source");
  for (size_t i = 0; i < spec["sources"].size(); ++i) note(spec["sources"][i], fmt::format("spec.sources[{}]", i));
}

// What would loosen a project if it were passed over is refused as well.
void note_unsupported(const Project& project, const Settings* settings, std::vector<Condition>& errors) {
  const Value& spec = project.value()["spec"];
  auto refuse = [&](std::string_view field) {
    errors.push_back(invalid(fmt::format("spec.{} of project '{}' is not supported by taut", field, project.name())));
  };
  for (std::string_view field : {"signatureKeys", "sourceIntegrity"})
    if (!spec[field].empty()) refuse(field);
  if (settings && settings->impersonates) refuse("destinationServiceAccounts (application.sync.impersonation.enabled)");
}

// How objects are marked beside the tracking annotation, which taut always writes: as a label too where
// application.resourceTrackingMethod asks for it, and with the installation's id.
void read_tracking(const Settings& settings, engine::UnitSpec& unit) {
  if (settings.tracking_label)
    unit.labels = Value::map({{settings.label_key, unit.name.substr(0, kLabelLimit)}});
  if (!settings.installation_id.empty()) unit.annotations = Value::map({{kInstallationAnnotation, settings.installation_id}});
}

// `sources` wins over `source`, as in Argo CD.
void check_one(const Value& source, const std::string& path, bool may_be_ref, const Project& project, std::vector<Condition>& errors) {
  bool chart = !source["chart"].as_string().empty();
  bool something = chart || !source["path"].as_string().empty() || (may_be_ref && !source["ref"].as_string().empty());
  if (source["repoURL"].as_string().empty() || !something) {
    errors.push_back(invalid(fmt::format("{0}.repoURL and either {0}.path{1} {0}.chart are required", path, may_be_ref ? "," : " or")));
    return;
  }
  if (chart && source["targetRevision"].as_string().empty()) {
    errors.push_back(invalid(path + ".targetRevision is required if the manifest source is a helm chart"));
    return;
  }
  // A name as one project sees it is nobody's to write: it would stand for the credentials of that project.
  if (!split_project(source["repoURL"].as_string()).project.empty() || !project.allows_source(source["repoURL"].as_string()))
    errors.push_back(invalid(fmt::format("application repo {} is not permitted in project '{}'",
                                         source["repoURL"].as_string(), project.name())));
}

void check_source(const Value& spec, const Project& project, std::vector<Condition>& errors) {
  if (!has_several(spec)) return check_one(spec["source"], "spec.source", false, project, errors);
  size_t index = 0;
  for (const Value& source : spec["sources"].items())
    check_one(source, fmt::format("spec.sources[{}]", index++), true, project, errors);
}

// The destination with server and name filled in, or a condition.
DestinationRef check_destination(const Value& spec, const Project& project, const ReadContext& context,
                                 std::vector<Condition>& errors) {
  const Value& destination = spec["destination"];
  DestinationRef out{destination["server"].str(), destination["name"].str(), destination["namespace"].str()};
  bool by_name = !out.name.empty();
  if (by_name && !out.server.empty()) {
    errors.push_back(invalid("application destination can't have both name and server defined: " + out.name + " " + out.server));
    return out;
  }
  if (!by_name && out.server.empty()) {
    errors.push_back(invalid("Destination server missing from app spec"));
    return out;
  }
  auto it = std::ranges::find_if(context.clusters, [&](const ClusterName& cluster) {
    return by_name ? cluster.name == out.name : trim_right(cluster.server, "/") == trim_right(out.server, "/");
  });
  if (it == context.clusters.end()) {
    errors.push_back(invalid(by_name ? fmt::format("there are no clusters with this name: {}", out.name)
                                     : fmt::format("error getting cluster by server \"{}\": cluster \"{}\" not found", out.server, out.server)));
    return out;
  }
  out.server = it->server;
  out.name = it->name;
  bool foreign = project.value()["spec"]["permitOnlyProjectScopedClusters"].as_bool() && it->project != project.name();
  if (foreign || !project.allows_destination(out))
    errors.push_back(invalid(fmt::format(
        "application destination server '{}' and namespace '{}' do not match any of the allowed destinations in project '{}'",
        by_name ? out.name : out.server, out.ns, project.name())));
  return out;
}

Project project_of(const Value& application, const ReadContext& context, std::vector<Condition>& errors) {
  std::string name = application["spec"]["project"].str();
  if (name.empty()) name = "default";
  if (!context.project.is_null()) {
    Project project(context.project);
    if (!project.allows_application_namespace(namespace_of(application), context.control_namespace))
      errors.push_back(invalid(fmt::format("application '{}' in namespace '{}' is not permitted to use project '{}'",
                                           name_of(application), namespace_of(application), name)));
    return project;
  }
  if (name != "default") {
    errors.push_back(invalid(fmt::format("Application referencing project {} which does not exist", name)));
  } else if (std::string_view ns = namespace_of(application); !ns.empty() && ns != context.control_namespace) {
    // The default project is for the namespace of the control plane until somebody says otherwise.
    errors.push_back(invalid(fmt::format("application '{}' in namespace '{}' is not permitted to use project '{}'",
                                         name_of(application), ns, name)));
  }
  return Project::permissive();
}

void note_orphans(const Project& project, size_t orphans, std::vector<Condition>& warnings) {
  if (orphans == 0 || !warns_of_orphans(project.value())) return;
  warnings.push_back({std::string(kOrphanWarning), fmt::format("{}{}{}", kOrphansBefore, orphans, kOrphansAfter), {}});
}

// Automated sync would take it back at once. As Argo CD's API server says it, to which taut has none.
void refuse_local(engine::Operation& operation, const engine::Policy& policy) {
  if (operation.manifests.empty() || operation.dry_run || !policy.automated) return;
  operation.unsupported = "cannot use local sync when Automatic Sync Policy is enabled unless for dry run";
  operation.retry = {};
}

// What automated syncs wait for is told, and what cannot be read is refused.
void read_dependencies(const Value& application, const std::string& waits_for, engine::UnitSpec& unit) {
  for (const std::string& fault : read_depends_on(application).faults)
    unit.errors.push_back(invalid(fmt::format("metadata.annotations[{}]: {}", kDependsOnAnnotation, fault)));
  unit.waits_for = waits_for;
  if (!waits_for.empty()) unit.warnings.push_back({"DependencyWarning", "Automated sync waits: " + waits_for, {}});
}

void read_rollback_after(const Value& application, engine::UnitSpec& unit) {
  std::string_view text = annotation_of(application, kRollbackAfterAnnotation);
  if (text.empty()) return;
  auto after = parse_go_duration(text);
  if (after && *after > Duration{})
    unit.rollback_after = *after;
  else
    unit.errors.push_back({"InvalidSpecError", fmt::format("metadata.annotations[{}]: {} is no duration such as 5m", kRollbackAfterAnnotation, quote(text))});
}

void read_deletion(const Value& application, engine::UnitSpec& spec) {
  spec.deleting = application["metadata"].contains("deletionTimestamp");
  if (auto since = parse_rfc3339(application["metadata"]["deletionTimestamp"].as_string())) spec.deleting_since = *since;
  if (auto approved = parse_rfc3339(annotation_of(application, kDeletionApprovedAnnotation))) spec.approved = *approved;
  for (const Value& finalizer : application["metadata"]["finalizers"].items()) {
    std::string_view name = finalizer.as_string();
    spec.pre_delete = spec.pre_delete || name == kPreDeleteFinalizer;
    spec.post_delete = spec.post_delete || name == kPostDeleteFinalizer;
    if (name == kResourcesFinalizer || name == std::string(kResourcesFinalizer) + "/foreground")
      spec.cascade = engine::Cascade::kForeground;
    if (name == std::string(kResourcesFinalizer) + "/background") spec.cascade = engine::Cascade::kBackground;
  }
}

}  // namespace

engine::UnitKey unit_key(std::string_view ns, std::string_view name) {
  return fmt::format("{}/Application/{}/{}", kGroup, ns, name);
}

engine::UnitKey unit_key(const Value& application) { return unit_key(namespace_of(application), name_of(application)); }

ObjectRef application_ref(const engine::UnitKey& unit) {
  auto parts = split(unit, '/');
  return {application_gvk(), std::string(parts[2]), std::string(parts[3])};
}

size_t orphans_told(const Value& application) {
  for (const Value& condition : application["status"]["conditions"].items()) {
    std::string_view message = condition["message"].as_string();
    if (condition["type"].as_string() == kOrphanWarning && message.starts_with(kOrphansBefore))
      return static_cast<size_t>(std::atoll(std::string(message.substr(kOrphansBefore.size())).c_str()));
  }
  return 0;
}

engine::Source read_source(const Value& source) {
  if (source.is_list()) {
    engine::Source out;
    out.raw = source;
    for (const Value& part : source.items()) out.parts.push_back(read_source(part));
    return out;
  }
  return {repository_of(source), source["targetRevision"].str(), source["path"].str(), source};
}

Application read_application(const Value& application, const ReadContext& context) {
  Application out;
  const Value& spec = application["spec"];
  engine::UnitSpec& unit = out.spec;
  unit.key = unit_key(application);
  unit.name = instance_name(namespace_of(application), name_of(application), context.control_namespace);
  unit.source = read_source(has_several(spec) ? spec["sources"] : spec["source"]);
  unit.policy = read_policy(spec["syncPolicy"]);
  unit.ignore = read_ignore(spec["ignoreDifferences"], unit.errors);
  if (context.settings) {
    unit.ignore.insert(unit.ignore.end(), context.settings->ignore.begin(), context.settings->ignore.end());
    unit.customizations = context.settings->customizations;
    unit.normalizer = context.settings->normalizer;
    unit.render_options = context.settings->render_options;
    read_tracking(*context.settings, unit);
  }
  unit.field_manager = "argocd-controller";
  unit.history_limit = spec["revisionHistoryLimit"].as_int(10);
  unit.renew_generated = annotation_of(application, kGeneratedValuesAnnotation) == "renew";
  read_rollback_after(application, unit);
  read_deletion(application, unit);

  Project project = project_of(application, context, unit.errors);
  note_orphans(project, context.orphans, unit.warnings);
  read_dependencies(application, context.waits_for, unit);
  note_unsupported(spec, unit.errors);
  note_unsupported(project, context.settings, unit.errors);
  check_source(spec, project, unit.errors);
  DestinationRef destination = check_destination(spec, project, context, unit.errors);
  unit.destination = {destination.server, destination.name, destination.ns, spec["destination"]};
  unit.render_options.set("project", project.name());
  unit.permissions = permissions_of(project, destination, context.settings ? context.settings->filter : nullptr);
  unit.gate = gate_of(project, name_of(application), destination);
  unit.fingerprint = Value::list({spec, project.value()["spec"], unit.deleting, unit.renew_generated, static_cast<int>(unit.cascade), unit.pre_delete, unit.post_delete,
                                  annotation_of(application, kDeletionApprovedAnnotation),
                                  annotation_of(application, kRollbackAfterAnnotation),
                                  context.settings ? context.settings->fingerprint : Value(),
                                  static_cast<int64_t>(unit.warnings.empty() ? 0 : context.orphans), unit.waits_for,
                                  annotation_of(application, kDependsOnAnnotation)});

  out.observed = read_status(application);
  if (application["operation"].is_map()) out.operation = read_operation(application["operation"]);
  read_as_project(out, project.name(), context.repositories);
  if (out.operation) refuse_local(*out.operation, unit.policy);
  out.terminate = application["status"]["operationState"]["phase"].as_string() == "Terminating";
  std::string_view refresh = annotation_of(application, kRefreshAnnotation);
  out.refresh = !refresh.empty();
  out.hard_refresh = refresh == "hard";
  return out;
}

}  // namespace taut::argo
