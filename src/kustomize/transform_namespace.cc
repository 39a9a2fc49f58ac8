// namespace: for every namespaced object, in the names of Namespaces, in references to services, and for subjects of
// role bindings. Mirrors NamespaceTransformer of kustomize 5.8.1.
#include <unordered_map>

#include "kustomize/merge_list.hh"
#include "kustomize/node_text.hh"
#include "kustomize/plugin.hh"
#include "yaml/spelling.hh"

namespace taut::kustomize {
namespace {

constexpr std::string_view kModes = R"(must be one of "defaultOnly", "none" or "allServiceAccounts")";

struct Setting {
  std::string ns;
  FieldSpecs specs;
  bool unset_only = false;
  std::string subjects;  // the mode
  bool helm_too = false;
};

bool is_binding(std::string_view kind) { return kind == "RoleBinding" || kind == "ClusterRoleBinding"; }

class NamespaceSetter {
 public:
  explicit NamespaceSetter(const Setting& setting) : setting_(setting) {
    visit_.create = FieldVisit::Create::kScalar;
    visit_.change = [this](Value& node) { return set(node); };
  }

  Status apply(Resource& resource) const {
    Gvk gvk = resource.gvk();
    if (!resource.schema->cluster_scoped(gvk))
      TAUT_TRY(wrapped(visit_field(resource.object, gvk, {{}, "metadata/namespace", true}, visit_), false));
    if (is_binding(gvk.kind)) TAUT_TRY(set_subjects(resource.object));
    bool core = resource.api_version() == "v1";
    for (const FieldSpec& spec : setting_.specs) {
      bool subject = is_binding(gvk.kind) && is_binding(spec.gvk.kind) && spec.path == "subjects/namespace";
      if (spec.path == "metadata/namespace" || (!core && spec.path == "metadata/name") || subject) continue;
      TAUT_TRY(wrapped(visit_field(resource.object, gvk, spec, visit_), true));
    }
    return {};
  }

 private:
  static Status wrapped(Status status, bool specs) {
    if (status || !specs) return status;
    std::string message = status.error().message();
    bool container = message.find("wrong node kind: expected ScalarNode") != std::string::npos;
    return fail(Code::kInvalid, "{}: {}",
                container ? "namespace field specs must target scalar nodes" : "namespace transformation failed",
                message);
  }

  Status set(Value& node) const {
    if (setting_.unset_only && !node.is_null() && !yaml::scalar_text(node).empty()) return {};
    return set_text(node, setting_.ns);
  }

  Status set_subjects(Value& object) const {
    if (setting_.subjects == "none" || object["subjects"].is_null()) return {};
    const bool all = setting_.subjects == "allServiceAccounts";
    const std::string_view key = all ? "kind" : "name", wanted = all ? "ServiceAccount" : "default";
    auto misshaped = [](std::string_view where, std::string_view kind, const Value& node) {
      return fail(Code::kInvalid, "setting namespace on (cluster)role binding subjects: {}{}", where, wrong_kind(kind, node).value().message());
    };
    if (!object["subjects"].is_list()) return misshaped("", "SequenceNode", object["subjects"]);
    const std::string looking = fmt::format("looking up {} on (cluster)role binding subject: ", key);
    for (size_t i = 0; i < object["subjects"].size(); ++i) {
      const Value& subject = object["subjects"][i];
      if (subject.is_null()) continue;
      if (!subject.is_map()) return misshaped(looking, "MappingNode", subject);
      if (subject[key].is_map() || subject[key].is_list()) return misshaped(looking, "ScalarNode", subject[key]);
      if (subject[key].as_string() != wanted) continue;
      Value& field = object.edit("subjects").edit(i).edit("namespace");
      TAUT_TRY(set(field));
    }
    return {};
  }

  const Setting& setting_;
  FieldVisit visit_;
};

// The ids of all resources, to see at once when two become equal.
class Census {
 public:
  explicit Census(const ResMap& map) : map_(map) {
    for (const Resource& resource : map) ++counts_[resource.current_id().hash()];
  }
  void remove(const Resource& resource) { --counts_[resource.current_id().hash()]; }
  Status add(const Resource& resource) {
    ResId id = resource.current_id();
    if (++counts_[id.hash()] == 1) return {};
    std::string list;
    int same = 0;
    for (const Resource& other : map_) {
      if (!other.current_id().equals(id)) continue;
      list.append(same++ == 0 ? "" : " ").append(other.json_with_history());
    }
    if (same == 1) return {};
    return fail(Code::kConflict, "namespace transformation produces ID conflict: [{}]", list);
  }

 private:
  const ResMap& map_;
  std::unordered_map<uint64_t, int> counts_;
};

Status run(const Setting& setting, ResMap& map) {
  if (setting.ns.empty()) return {};
  NamespaceSetter setter(setting);
  Census census(map);
  for (Resource& resource : map) {
    if (resource.empty() || (resource.helm_generated && !setting.helm_too)) continue;
    census.remove(resource);
    resource.store_previous_id();
    TAUT_TRY(setter.apply(resource));
    TAUT_TRY(census.add(resource));
  }
  map.changed();
  return {};
}

}  // namespace

Result<Transform> configure_namespace(PluginConfig config, const PluginContext& context) {
  Setting setting{config.fields["metadata"]["namespace"].str(), std::move(config.specs),
                  config.fields["unsetOnly"].as_bool(), config.fields["setRoleBindingSubjects"].str(),
                  context.options.compat == Compat::k57};
  const std::string& mode = setting.subjects;
  if (!mode.empty() && mode != "defaultOnly" && mode != "none" && mode != "allServiceAccounts")
    return fail(Code::kInvalid, "invalid value \"{}\" for setRoleBindingSubjects: {}", mode, kModes);
  return Transform([setting = std::move(setting)](ResMap& map) { return run(setting, map); });
}

}  // namespace taut::kustomize
