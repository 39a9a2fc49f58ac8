#include "dialect/argo/settings.hh"

#include <fmt/format.h>

#include <map>

#include "base/strings.hh"
#include "dialect/argo/ignore_rules.hh"
#include "dialect/argo/known_types.hh"
#include "yaml/reader.hh"

namespace taut::argo {
namespace {

constexpr std::string_view kCustomizations = "resource.customizations";

// "cert-manager.io_Certificate" names cert-manager.io/Certificate, "all" every kind. Nothing for what is no such name.
std::optional<std::string> override_key(std::string_view name) {
  if (name == "all") return "*/*";
  auto parts = split(name, '_');
  if (name.empty() || parts.size() > 2) return std::nullopt;
  return parts.size() == 2 ? fmt::format("{}/{}", parts[0], parts[1]) : std::string(name);
}

class SettingsNormalizer : public plan::Normalizer {
 public:
  SettingsNormalizer(KnownTypes types, bool ignore_aggregated_roles)
      : types_(std::move(types)), ignore_aggregated_roles_(ignore_aggregated_roles) {}

  Value normalize(Value object) const override {
    Gvk gvk = Gvk::of(object);
    bool role = gvk.group == "rbac.authorization.k8s.io" && (gvk.kind == "Role" || gvk.kind == "ClusterRole");
    if (role && ignore_aggregated_roles_ && object["aggregationRule"].is_map()) object.erase("rules");
    // A field that does not fit its type is compared as it is written, as in Argo CD.
    (void)types_.apply(object);
    return object;
  }

 private:
  KnownTypes types_;
  bool ignore_aggregated_roles_;
};

class Reader {
 public:
  Settings read(const Value& data) {
    if (const Value* all = data.find(kCustomizations)) read_all(all->as_string());
    for (const auto& [key, value] : data.entries()) read_one(key.as_string(), value);
    auto customizations = std::make_shared<Customizations>();
    for (const auto& [key, settings] : kinds_) {
      take_ignore(key, settings["ignoreDifferences"]);
      take_known_types(key, settings["knownTypeFields"]);
      bool scripted = !settings["health.lua"].empty() || !settings["actions"].empty();
      if (!scripted) continue;
      if (auto added = customizations->add_override(key, settings); !added) error("actions of " + key, added.error().message());
    }
    if (!customizations->empty()) out_.customizations = std::move(customizations);
    take_compare_options(data["resource.compareoptions"]);
    take_filter(data);
    take_tracking(data);
    take_kustomize(data);
    if (!data["globalProjects"].empty()) out_.global_projects = read_global_projects(data["globalProjects"].as_string(), out_.errors);
    out_.normalizer = std::make_shared<SettingsNormalizer>(std::move(types_), ignore_aggregated_roles_);
    for (const auto& [key, settings] : kinds_) out_.fingerprint.set(key, settings);
    for (const char* key : {"resource.compareoptions", "resource.exclusions", "resource.inclusions", "kustomize.buildOptions",
                            "application.resourceTrackingMethod", "application.instanceLabelKey", "installationID"})
      if (data.contains(key)) out_.fingerprint.set(key, data[key]);
    return std::move(out_);
  }

 private:
  void error(const std::string& key, const std::string& message) { out_.errors.push_back(key + ": " + message); }

  // One YAML document: {"group/Kind": {health.lua, actions, ignoreDifferences, ...}}.
  void read_all(std::string_view text) {
    auto document = parse_yaml_document(text);
    if (!document) return error(std::string(kCustomizations), document.error().message());
    for (const auto& [key, settings] : document->root.entries()) {
      Value& kind = kinds_[std::string(key.as_string())];
      kind = settings.is_map() ? settings : Value::map({});
      if (kind["ignoreDifferences"].is_string()) set_yaml(std::string(key.as_string()), kind, "ignoreDifferences", kind["ignoreDifferences"].str());
    }
  }

  void read_one(std::string_view key, const Value& value) {
    if (!key.starts_with(kCustomizations) || key.size() <= kCustomizations.size() + 1) return;
    std::string_view type, name;
    if (!cut(key.substr(kCustomizations.size() + 1), ".", type, name)) return;
    auto kind = override_key(name);
    if (!kind) return error(std::string(key), "group kind should be in format <group>_<kind> or <kind>");
    Value& settings = kinds_.try_emplace(*kind, Value::map({})).first->second;
    if (type == "health")
      settings.set("health.lua", value);
    else if (type == "useOpenLibs")
      settings.set("useOpenLibs", value.as_string() == "true");
    else if (type == "actions")
      settings.set("actions", value);
    else if (type == "ignoreDifferences")
      set_yaml(std::string(key), settings, "ignoreDifferences", value.str());
    else if (type == "knownTypeFields")
      set_yaml(std::string(key), settings, "knownTypeFields", value.str());
    else if (type != "ignoreResourceUpdates")
      error(std::string(key), fmt::format("resource customization type {} not supported", type));
  }

  void set_yaml(const std::string& key, Value& settings, std::string_view field, const std::string& text) {
    auto document = parse_yaml_document(text);
    if (!document) return error(key, document.error().message());
    settings.set(field, document->root);
  }

  void take_ignore(const std::string& key, const Value& rule) {
    if (!rule.is_map()) return;
    std::string_view group, kind;
    if (!cut(key, "/", group, kind)) kind = key;
    Value named = rule;
    named.set("group", group);
    named.set("kind", kind);
    out_.ignore.push_back(read_ignore_rule(named, "ignoreDifferences of " + key, out_.errors));
  }

  void take_known_types(const std::string& key, const Value& fields) {
    std::string_view group, kind;
    if (!cut(key, "/", group, kind)) kind = key;
    for (const Value& field : fields.items()) {
      auto added = types_.add(group, kind, field["field"].as_string(), field["type"].as_string());
      if (!added) error("knownTypeFields of " + key, added.error().message());
    }
  }

  void take_compare_options(const Value& text) {
    auto options = parse_yaml_document(text.as_string());
    if (!options) return error("resource.compareoptions", options.error().message());
    ignore_aggregated_roles_ = options->root["ignoreAggregatedRoles"].as_bool();
    // The status is never compared; only then is there nothing to say.
    std::string_view status = options->root["ignoreResourceStatusField"].as_string("all");
    if (status != "all") error("resource.compareoptions", fmt::format("ignoreResourceStatusField: {} is not supported by taut, which compares no status", status));
  }

  void take_filter(const Value& data) {
    auto filter = ResourceFilter::read(data["resource.exclusions"], data["resource.inclusions"]);
    if (!filter) return error("resource.exclusions, resource.inclusions", filter.error().message());
    if (!filter->empty()) out_.filter = std::make_shared<ResourceFilter>(std::move(*filter));
  }

  void take_tracking(const Value& data) {
    std::string_view method = data["application.resourceTrackingMethod"].as_string("annotation");
    out_.tracking_label = method == "label" || method == "annotation+label";
    if (!out_.tracking_label && method != "annotation")
      error("application.resourceTrackingMethod", fmt::format("{} is none of annotation, label, annotation+label", method));
    if (!data["application.instanceLabelKey"].empty()) out_.label_key = data["application.instanceLabelKey"].str();
    out_.impersonates = data["application.sync.impersonation.enabled"].as_string() == "true";
    out_.installation_id = data["installationID"].str();
  }

  // taut builds by itself: programs and versions of kustomize are not run.
  void take_kustomize(const Value& data) {
    if (!data["kustomize.buildOptions"].empty()) out_.render_options.set("kustomize.buildOptions", data["kustomize.buildOptions"]);
    for (const Entry& entry : data.entries()) {
      bool other = entry.key().starts_with("kustomize.path.") || entry.key().starts_with("kustomize.buildOptions.") ||
                   entry.key() == "kustomize.versions";
      if (other) error(entry.name.str(), "is not supported by taut, which builds kustomizations itself");
    }
  }

  KnownTypes types_;
  bool ignore_aggregated_roles_ = false;
  Settings out_{.fingerprint = Value::map({})};
  std::map<std::string, Value> kinds_;
};

}  // namespace

Settings read_settings(const Value& config_map) { return Reader().read(config_map["data"]); }

}  // namespace taut::argo
