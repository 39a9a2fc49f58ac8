#include "kustomize/fieldspec.hh"

#include <fmt/ranges.h>

#include <algorithm>
#include <array>

#include "kustomize/node_text.hh"
#include "yaml/spelling.hh"

namespace taut::kustomize {
namespace {

constexpr std::array<std::string_view, 22> kFirst = {
    "Namespace",      "ResourceQuota",      "StorageClass",     "CustomResourceDefinition",
    "ServiceAccount", "PodSecurityPolicy",  "Role",             "ClusterRole",
    "RoleBinding",    "ClusterRoleBinding", "ConfigMap",        "Secret",
    "Endpoints",      "Service",            "LimitRange",       "PriorityClass",
    "PersistentVolume", "PersistentVolumeClaim", "Deployment",  "StatefulSet",
    "CronJob",        "PodDisruptionBudget"};
constexpr std::array<std::string_view, 2> kLast = {"MutatingWebhookConfiguration", "ValidatingWebhookConfiguration"};

class Walker {
 public:
  Walker(const FieldSpec& spec, const FieldVisit& visit, std::vector<std::string> path)
      : spec_(spec), visit_(visit), path_(std::move(path)) {}

  // Whether the walk would change something or fail.
  bool wants(const Value& node, size_t depth) const {
    if (depth == path_.size()) return !visit_.wants || visit_.wants(node);
    if (node.is_null()) return false;
    if (node.is_list()) {
      for (const Value& item : node.items())
        if (wants(item, depth)) return true;
      return false;
    }
    if (!node.is_map()) return true;
    auto [name, list] = part(depth);
    if (name.empty()) return true;
    const Value* field = node.find(name);
    if (field == nullptr) return creates(list);
    if (field->is_null() && (creates(list) || list)) return true;
    return wants(*field, depth + 1);
  }

  Status walk(Value& node, size_t depth) const {
    if (depth == path_.size()) return visit_.change(node);
    if (node.is_null()) return {};
    if (node.is_list()) return walk_list(node, depth);
    if (!node.is_map()) return fail(Code::kInvalid, "expected sequence or mapping node");
    auto [name, list] = part(depth);
    if (name.empty()) return fail(Code::kInvalid, "cannot set or create an empty field name");
    const Value* field = node.find(name);
    if (field == nullptr && !creates(list)) return {};
    bool blank = field == nullptr || field->is_null();
    if (!blank && !wants(*field, depth + 1)) return {};
    Value& child = node.edit(name);
    if (blank && list) child = Value::list();
    else if (blank && creates(list)) child = new_field(depth);
    return walk(child, depth + 1);
  }

 private:
  std::pair<std::string_view, bool> part(size_t depth) const {
    std::string_view name = path_[depth];
    bool list = name.ends_with("[]");
    if (list) name.remove_suffix(2);
    return {name, list};
  }
  bool creates(bool list) const { return spec_.create && visit_.create != FieldVisit::Create::kNone && !list; }
  // A scalar without text is null until it is set.
  Value new_field(size_t depth) const {
    bool scalar = depth + 1 == path_.size() && visit_.create == FieldVisit::Create::kScalar;
    return scalar ? Value() : Value::map();
  }
  Status walk_list(Value& node, size_t depth) const {
    for (size_t i = 0; i < node.size(); ++i) {
      if (!wants(node[i], depth)) continue;
      Status status = walk(node.edit(i), depth);
      if (status) continue;
      std::vector<std::string> rest(path_.begin() + static_cast<ptrdiff_t>(depth), path_.end());
      return fail(Code::kInvalid, "visit traversal on path: [{}]: {}", fmt::join(rest, " "), status.error().message());
    }
    return {};
  }

  const FieldSpec& spec_;
  const FieldVisit& visit_;
  std::vector<std::string> path_;
};

}  // namespace

FieldSpec FieldSpec::of(const Value& config) {
  return {{config["group"].str(), config["version"].str(), config["kind"].str()},
          config["path"].str(),
          config["create"].as_bool()};
}

FieldSpecs field_specs(const Value& list) {
  FieldSpecs out;
  for (const Value& item : list.items()) out.push_back(FieldSpec::of(item));
  return out;
}

Status merge_field_spec(FieldSpecs& specs, const FieldSpec& more) {
  for (const FieldSpec& known : specs) {
    if (known.path != more.path || !gvk_selected(known.gvk, more.gvk)) continue;
    if (known.create != more.create) return fail(Code::kConflict, "conflicting fieldspecs");
    return {};
  }
  specs.push_back(more);
  return {};
}

Status merge_field_specs(FieldSpecs& specs, const FieldSpecs& more) {
  for (const FieldSpec& spec : more) TAUT_TRY(merge_field_spec(specs, spec));
  return {};
}

int kind_rank(std::string_view kind) {
  for (size_t i = 0; i < kFirst.size(); ++i)
    if (kFirst[i] == kind) return static_cast<int>(i) - static_cast<int>(kFirst.size());
  for (size_t i = 0; i < kLast.size(); ++i)
    if (kLast[i] == kind) return static_cast<int>(i) + 1;
  return 0;
}

std::string gvk_sort_text(const Gvk& gvk) {
  return (gvk.group.empty() ? "~G" : gvk.group) + "_" + (gvk.version.empty() ? "~V" : gvk.version) + "_" +
         (gvk.kind.empty() ? "~K" : gvk.kind);
}

bool gvk_less(const Gvk& a, const Gvk& b) {
  int left = kind_rank(a.kind), right = kind_rank(b.kind);
  return left != right ? left < right : gvk_sort_text(a) < gvk_sort_text(b);
}

GvkSortKey::GvkSortKey(const Gvk& gvk) : rank(kind_rank(gvk.kind)), text(gvk_sort_text(gvk)) {}

void sort_field_specs(FieldSpecs& specs) { sort_by_gvk(specs, &FieldSpec::gvk); }

std::vector<std::string> split_path(std::string_view path, char separator) {
  std::vector<std::string> out;
  bool first = true, glue = false;
  for (size_t from = 0; from <= path.size();) {
    size_t to = std::min(path.find(separator, from), path.size());
    std::string part(path.substr(from, to - from));
    from = to + 1;
    // One leading separator is dropped.
    if (std::exchange(first, false) && part.empty() && to < path.size()) continue;
    bool more = part.ends_with('\\') && to < path.size();
    if (more) part.back() = separator;
    if (glue) out.back() += part;
    else out.push_back(std::move(part));
    glue = more;
  }
  return out;
}

Status visit_field(Value& object, const Gvk& gvk, const FieldSpec& spec, const FieldVisit& visit) {
  if (!spec.matches(gvk)) return {};
  Walker walker(spec, visit, split_path(spec.path, '/'));
  if (!walker.wants(object, 0)) return {};
  Status status = walker.walk(object, 0);
  if (status) return {};
  ResId id{gvk, metadata_text(object, "name"), metadata_text(object, "namespace")};
  return fail(Code::kInvalid, "considering field '{}' of object {}: {}", spec.path, id.to_string(),
              status.error().message());
}

Status visit_fields(Value& object, const Gvk& gvk, const FieldSpecs& specs, const FieldVisit& visit) {
  for (const FieldSpec& spec : specs) TAUT_TRY(visit_field(object, gvk, spec, visit));
  return {};
}

}  // namespace taut::kustomize
