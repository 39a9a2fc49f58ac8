#include "kustomize/resource.hh"

#include <array>

#include "base/strings.hh"
#include "kustomize/build_annotations.hh"
#include "kustomize/node_text.hh"
#include "value/json.hh"
#include "yaml/spelling.hh"

namespace taut::kustomize {
namespace {

void set_text_map(Value& object, std::string_view field, const Value& map) {
  Value& metadata = object.edit("metadata");
  if (metadata.is_null()) metadata = Value::map();
  if (map.empty()) metadata.erase(field);
  else metadata.set(field, map);
}

}  // namespace

Value text_map(const Value& map) {
  Value out = Value::map();
  for (const Entry& entry : map.entries()) out.append_sorted(entry.name, Value(yaml::scalar_text(entry.value)));
  return out;
}

std::string_view behavior_name(Behavior behavior) {
  constexpr std::array<std::string_view, 4> kNames = {"unspecified", "create", "replace", "merge"};
  return kNames[static_cast<size_t>(behavior)];
}

Behavior parse_behavior(std::string_view text) {
  if (text == "create") return Behavior::kCreate;
  if (text == "replace") return Behavior::kReplace;
  if (text == "merge") return Behavior::kMerge;
  return Behavior::kUnspecified;
}

std::string Resource::kind() const { return yaml::scalar_text(object["kind"]); }
std::string Resource::api_version() const { return yaml::scalar_text(object["apiVersion"]); }
std::string Resource::name() const {
  const Value& name = object["metadata"]["name"];
  return name.is_null() ? std::string() : yaml::scalar_text(name);
}
std::string Resource::ns() const {
  const Value& ns = object["metadata"]["namespace"];
  return ns.is_null() ? std::string() : yaml::scalar_text(ns);
}
Gvk Resource::gvk() const {
  const Value &version = object["apiVersion"], &kind = object["kind"];
  if (version.is_string() && kind.is_string()) return Gvk::parse(version.as_string(), kind.as_string());
  return Gvk::parse(version.is_null() ? std::string() : yaml::scalar_text(version),
                    kind.is_null() ? std::string() : yaml::scalar_text(kind));
}

void Resource::set_kind(std::string_view kind) { object.set("kind", Value(kind)); }
void Resource::set_name(std::string_view name) {
  Value& field = object.edit("metadata").edit("name");
  field = field.is_null() ? Value(name) : restyled(field, name);
}
void Resource::set_namespace(std::string_view ns) {
  if (!ns.empty()) object.edit("metadata").set("namespace", Value(ns));
  else if (object["metadata"].contains("namespace")) object.edit("metadata").erase("namespace");
}
void Resource::set_gvk(const Gvk& gvk) {
  set_kind(gvk.kind);
  object.set("apiVersion", Value(gvk.api_version()));
}

ResId Resource::current_id() const {
  ResId id{gvk(), name(), ns()};
  id.cluster_scoped = schema->cluster_scoped(id.gvk);
  return id;
}

std::vector<ResId> Resource::previous_ids() const {
  std::vector<ResId> out;
  if (previous.empty()) return out;
  Gvk now = gvk();
  for (const PreviousId& before : previous) {
    // Upstream makes these without asking the schema, so they are never cluster-scoped; what was stored is the
    // effective namespace, which says it.
    out.push_back({{now.group, now.version, before.kind}, before.name, before.ns});
  }
  return out;
}

ResId Resource::original_id() const { return previous.empty() ? current_id() : previous_ids().front(); }

std::vector<ResId> Resource::all_ids() const {
  std::vector<ResId> out = previous_ids();
  out.push_back(current_id());
  return out;
}

void Resource::store_previous_id() {
  ResId id = current_id();
  previous.push_back({std::string(id.effective_namespace()), id.name, id.gvk.kind});
}

std::string Resource::label(std::string_view key) const {
  return yaml::scalar_text(object["metadata"]["labels"][key]);
}
std::string Resource::annotation(std::string_view key) const {
  const Value* value = object["metadata"]["annotations"].find(key);
  return value ? yaml::scalar_text(*value) : std::string();
}
Value Resource::labels() const { return text_map(object["metadata"]["labels"]); }
Value Resource::annotations() const { return text_map(object["metadata"]["annotations"]); }
void Resource::set_labels(const Value& labels) { set_text_map(object, "labels", labels); }
void Resource::set_annotations(const Value& annotations) { set_text_map(object, "annotations", annotations); }

bool Resource::empty() const { return object.is_null() || (object.is_map() && object.empty()); }

Result<Value> Resource::settled() const {
  Value out = object;
  TAUT_TRY(yaml::settle(out));
  return out;
}

std::string Resource::json() const {
  auto value = settled();
  return value ? to_json(*value, {.escape_html = true}) : '<' + value.error().message() + '>';
}

std::string Resource::json_with_history() const {
  Resource copy = *this;
  copy.object = with_build_annotations(*this);
  return copy.json();
}

bool same_ending(const std::vector<std::string>& a, const std::vector<std::string>& b) {
  const auto& shorter = a.size() < b.size() ? a : b;
  const auto& longer = a.size() < b.size() ? b : a;
  if (shorter.empty()) return longer.empty();
  return std::equal(shorter.rbegin(), shorter.rend(), longer.rbegin());
}

bool same_affixes(const Resource& a, const Resource& b, bool lenient) {
  auto same = [&](const std::vector<std::string>& mine, const std::vector<std::string>& theirs) {
    return (lenient && (mine.empty() || theirs.empty())) || same_ending(mine, theirs);
  };
  return same(a.prefixes, b.prefixes) && same(a.suffixes, b.suffixes);
}

}  // namespace taut::kustomize
