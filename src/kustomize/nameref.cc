#include "kustomize/nameref.hh"

#include <algorithm>
#include <optional>
#include <set>
#include <unordered_map>

#include "base/strings.hh"
#include "kustomize/build_annotations.hh"
#include "kustomize/node_text.hh"
#include "yaml/spelling.hh"

namespace taut::kustomize {
namespace {

struct Hint {
  const FieldSpec* field;
  const Gvk* target;
};

// What is asked of each candidate again and again.
struct Known {
  ResId current;
  std::string original_ns;  // effective
  std::string ns;           // as written
  std::string kind, name;
};

// All resources by the names that they had, and where they were.
class Candidates {
 public:
  explicit Candidates(const ResMap& map) : map_(map) {
    known_.reserve(map.size());
    for (size_t i = 0; i < map.size(); ++i) {
      const Resource& resource = map[i];
      Known known{resource.current_id(), std::string(resource.original_id().effective_namespace()), resource.ns(),
                  resource.kind(), resource.name()};
      std::string space(known.current.effective_namespace());
      original_spaces_[space].insert(known.original_ns);
      for (const PreviousId& before : resource.previous) {
        auto& list = by_name_[before.name][space];
        if (list.empty() || list.back() != i) list.push_back(static_cast<uint32_t>(i));
      }
      known_.push_back(std::move(known));
    }
  }

  bool had_name(const std::string& name) const { return by_name_.contains(name); }
  const Known& operator[](size_t index) const { return known_[index]; }
  const Resource& resource(size_t index) const { return map_[index]; }

  // Who had the name and lives in one of the namespaces; all for no namespaces.
  std::vector<uint32_t> find(const std::string& name, const std::optional<std::set<std::string>>& spaces) const {
    std::vector<uint32_t> out;
    auto found = by_name_.find(name);
    if (found == by_name_.end()) return out;
    auto add = [&](const std::vector<uint32_t>& list) { out.insert(out.end(), list.begin(), list.end()); };
    if (!spaces) {
      for (const auto& [space, list] : found->second) add(list);
    } else {
      for (const std::string& space : *spaces)
        if (auto list = found->second.find(space); list != found->second.end()) add(list->second);
    }
    std::sort(out.begin(), out.end());
    return out;
  }

  // Whether anything that lives in the namespaces was in `original` first.
  bool any_from(const std::string& original, const std::optional<std::set<std::string>>& spaces) const {
    for (const auto& [space, originals] : original_spaces_)
      if ((!spaces || spaces->contains(space)) && originals.contains(original)) return true;
    return false;
  }

 private:
  const ResMap& map_;
  std::vector<Known> known_;
  std::unordered_map<std::string, std::unordered_map<std::string, std::vector<uint32_t>>> by_name_;
  std::unordered_map<std::string, std::set<std::string>> original_spaces_;
};

// One resource that refers to others.
class Referrer {
 public:
  Referrer(Resource& resource, const ResId& id, const Candidates& candidates)
      : resource_(resource), id_(id), candidates_(candidates) {
    if (id_.cluster_scoped) return;  // it may refer to anything
    spaces_ = {std::string(kClusterNamespace), std::string(id_.effective_namespace())};
    if (id_.gvk.kind == "RoleBinding") add_subject_namespaces();
  }

  Status fix(const Hint& hint) {
    hint_ = &hint;
    role_.reset();
    if (std::string_view(hint.field->path).ends_with("roleRef/name")) read_role();
    FieldVisit visit;
    visit.wants = [this](const Value& node) { return wants(node); };
    visit.change = [this](Value& node) { return change(node); };
    Status status = visit_field(resource_.object, id_.gvk, {id_.gvk, hint.field->path, hint.field->create}, visit);
    if (status) return {};
    return fail(Code::kConflict, "updating name reference in '{}' field of '{}': {}", hint.field->path,
                id_.to_string(), status.error().message());
  }

 private:
  void add_subject_namespaces() {
    for (const Value& subject : resource_.object["subjects"].items()) {
      const Value& ns = subject["namespace"];
      if (subject["kind"].as_string() != "ServiceAccount" || !ns.is_string()) continue;
      role_namespaces_.insert(ns.str());
      if (!ns.empty()) spaces_->insert(ns.str());
    }
  }

  void read_role() {
    const Value& role = resource_.object["roleRef"];
    if (!role.contains("apiGroup") || !role.contains("kind")) return;
    role_ = Gvk{yaml::scalar_text(role["apiGroup"]), "", yaml::scalar_text(role["kind"])};
  }

  bool wants(const Value& node) const {
    if (node.is_null()) return false;
    if (node.is_list()) {
      for (const Value& item : node.items())
        if (item.is_list() || wants(item)) return true;
      return false;
    }
    const Value* name = node.is_map() ? node.find("name") : &node;
    return name == nullptr || candidates_.had_name(yaml::scalar_text(*name));
  }

  Status change(Value& node) {
    if (node.is_map()) return change_map(node);
    if (!node.is_list()) return change_text(node);
    for (size_t i = 0; i < node.size(); ++i) {
      const Value& item = node[i];
      if (item.is_list())
        return fail(Code::kInvalid, "{} is expected to be either a string or a map of string", node_yaml(item));
      if (!wants(item)) continue;
      TAUT_TRY(change(node.edit(i)));
    }
    return {};
  }

  Status change_text(Value& node) {
    std::string name = yaml::scalar_text(node);
    TAUT_ASSIGN(auto found, choose(name, candidates_.find(name, spaces_), false));
    if (!found || candidates_[*found].name == name) return {};
    return set_plain(node, candidates_[*found].name);
  }

  // A map that names its target by name and namespace.
  Status change_map(Value& node) {
    if (!node.contains("name")) return fail(Code::kInvalid, "path config error; no 'name' field in node");
    std::string name = yaml::scalar_text(node["name"]);
    auto list = candidates_.find(name, spaces_);
    if (node.contains("namespace")) keep_namespace(list, yaml::scalar_text(node["namespace"]));
    TAUT_ASSIGN(auto found, choose(name, std::move(list), true));
    if (!found) return {};
    const Known& referral = candidates_[*found];
    if (referral.name == name && referral.ns.empty()) return {};
    node.set("name", restyled(node["name"], referral.name));
    // One that was not there is text, one that was keeps its quotes, or has none.
    if (!referral.ns.empty())
      node.set("namespace", node.contains("namespace") ? restyled(node["namespace"], referral.ns) : Value(referral.ns));
    return {};
  }

  // Those that were in the namespace first; if there never was any, those that are in it now.
  void keep_namespace(std::vector<uint32_t>& list, const std::string& ns) const {
    bool original = candidates_.any_from(ns, spaces_) && ns != kClusterNamespace;
    std::erase_if(list, [&](uint32_t index) {
      const Known& known = candidates_[index];
      return original ? known.original_ns != ns
                      : known.current.cluster_scoped || known.current.effective_namespace() != ns;
    });
  }

  bool had_kind(uint32_t index, const Gvk& selector) const {
    const Gvk& now = candidates_[index].current.gvk;
    for (const PreviousId& before : candidates_.resource(index).previous)
      if (gvk_selected({now.group, now.version, before.kind}, selector)) return true;
    return false;
  }

  bool reachable(uint32_t index) const {
    const Known& known = candidates_[index];
    if (id_.cluster_scoped || known.current.cluster_scoped) return true;
    bool same = known.current.same_namespace(id_);
    if (!same && !role_namespaces_.contains(known.ns)) return false;
    return same || known.kind == "ServiceAccount";
  }

  Result<std::optional<uint32_t>> choose(const std::string&, std::vector<uint32_t> list, bool with_namespace) const {
    std::erase_if(list, [&](uint32_t index) {
      return !had_kind(index, *hint_->target) || (role_ && !had_kind(index, *role_)) || !reachable(index);
    });
    if (list.size() == 1) return list.front();
    for (bool lenient : {true, false}) {
      if (!lenient && list.size() <= 1) break;
      std::erase_if(list, [&](uint32_t index) {
        return !same_affixes(candidates_.resource(index), resource_, lenient);
      });
    }
    if (list.empty()) return std::nullopt;
    for (uint32_t index : list) {
      bool same = candidates_[index].name == candidates_[list[0]].name &&
                  (!with_namespace || candidates_[index].ns == candidates_[list[0]].ns);
      if (!same) return fail(Code::kConflict, "{}", ambiguity(list));
    }
    return list.front();
  }

  std::string ambiguity(const std::vector<uint32_t>& list) const {
    std::vector<std::string> ids;
    for (uint32_t index : list) ids.push_back(candidates_[index].current.to_string());
    std::string out =
        fmt::format("found multiple possible referrals: {}\n\n**** Too many possible referral targets to referrer:\n{}\n",
                    join(ids, ", "), node_yaml(with_build_annotations(resource_)));
    for (size_t i = 0; i < list.size(); ++i)
      out += fmt::format("--- possible referral {}:\n{}\n", i,
                         node_yaml(with_build_annotations(candidates_.resource(list[i]))));
    return out;
  }

  Resource& resource_;
  const ResId& id_;
  const Candidates& candidates_;
  std::optional<std::set<std::string>> spaces_;
  std::set<std::string> role_namespaces_;
  const Hint* hint_ = nullptr;
  std::optional<Gvk> role_;
};

// The fields of a kind that may hold names, in the order of the targets.
std::vector<Hint> hints_for(const Gvk& gvk, const std::vector<NameReference>& references) {
  std::vector<Hint> out;
  for (const NameReference& reference : references)
    for (const FieldSpec& spec : reference.referrers)
      if (spec.matches(gvk)) out.push_back({&spec, &reference.target});
  return out;
}

}  // namespace

Status fix_name_references(ResMap& map, const std::vector<NameReference>& references) {
  Candidates candidates(map);
  std::unordered_map<Gvk, std::vector<Hint>> by_kind;
  for (size_t i = 0; i < map.size(); ++i) {
    Resource& resource = map[i];
    if (resource.empty()) continue;
    Gvk original = resource.original_id().gvk;
    auto hints = by_kind.find(original);
    if (hints == by_kind.end()) hints = by_kind.emplace(original, hints_for(original, references)).first;
    if (hints->second.empty()) continue;
    Referrer referrer(resource, candidates[i].current, candidates);
    for (const Hint& hint : hints->second) TAUT_TRY(referrer.fix(hint));
  }
  map.changed();
  return {};
}

}  // namespace taut::kustomize
