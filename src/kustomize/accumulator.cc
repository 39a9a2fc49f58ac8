#include "kustomize/accumulator.hh"

namespace taut::kustomize {
namespace {

// apiVersion of an objref stands for group and version.
Value with_gvk(Value var) {
  std::string version = var["objref"]["apiVersion"].str();
  if (version.empty()) return var;
  size_t slash = version.find('/');
  Value& target = var.edit("objref");
  if (slash == std::string::npos) {
    target.set("version", Value(version));
  } else if (version.find('/', slash + 1) == std::string::npos) {
    target.set("group", Value(version.substr(0, slash)));
    target.set("version", Value(version.substr(slash + 1)));
  }
  return var;
}

Gvk gvk_of(const Value& target) { return {target["group"].str(), target["version"].str(), target["kind"].str()}; }

Value with_defaults(Value var) {
  var = with_gvk(std::move(var));
  if (var["fieldref"]["fieldPath"].empty()) var.edit("fieldref").set("fieldPath", "metadata.name");
  return var;
}

std::vector<size_t> find_target(const ResMap& map, const Value& target) {
  ResId id{gvk_of(target), target["name"].str(), target["namespace"].str()};
  if (!id.ns.empty()) return map.with_any_id(id);
  std::vector<size_t> out;
  for (size_t i = 0; i < map.size(); ++i) {
    if (map[i].empty()) continue;
    for (const ResId& known : map[i].all_ids()) {
      if (!known.same_gvkn(id)) continue;
      out.push_back(i);
      break;
    }
  }
  return out;
}

}  // namespace

const std::shared_ptr<const TransformerConfig>& builtin_config() {
  static const auto kConfig =
      std::shared_ptr<const TransformerConfig>(&TransformerConfig::builtin(), [](const TransformerConfig*) {});
  return kConfig;
}

std::string var_text(const Value& var) {
  return fmt::format("{{{} {} {{{}}}}}", var["name"].as_string(), gvk_text(gvk_of(var["objref"])),
                     var["fieldref"]["fieldPath"].as_string());
}

Status Accumulator::merge_config(std::shared_ptr<const TransformerConfig> more) {
  if (more == config_ || more->empty()) return {};
  // Merging is not idempotent: in the sorted result of a merge specs of one kind may hide those of any kind. What
  // comes of the built-in configuration alone is known, and is what nearly all builds have.
  static const auto kAlone = [] {
    auto merged = std::make_shared<TransformerConfig>();
    (void)merged->merge(*builtin_config());
    return std::shared_ptr<const TransformerConfig>(std::move(merged));
  }();
  bool builtin = more == builtin_config() || more == kAlone;
  if (builtin && (config_ == kAlone || config_->empty())) {
    config_ = kAlone;
    return {};
  }
  auto merged = std::make_shared<TransformerConfig>(*config_);
  TAUT_TRY(merged->merge(*more));
  config_ = std::move(merged);
  return {};
}

Status Accumulator::add_var(const Value& var) {
  bool added = vars_.emplace(var["name"].str(), with_defaults(var)).second;
  if (added) return {};
  return fail(Code::kConflict, "var '{}' already encountered", var["name"].as_string());
}

Status Accumulator::merge_vars(const Value& vars) {
  for (const Value& item : vars.items()) {
    Value var = with_gvk(item);
    auto found = find_target(resources, var["objref"]);
    if (found.size() > 1)
      return fail(Code::kConflict, "found {} resId matches for var {} (unable to disambiguate)", found.size(),
                  var_text(var));
    if (found.size() == 1) resources[found.front()].var_names.push_back(var["name"].str());
  }
  for (const Value& item : vars.items()) TAUT_TRY(add_var(item));
  return {};
}

Status Accumulator::merge(Accumulator child) {
  TAUT_TRY(resources.append_all(std::move(child.resources)));
  TAUT_TRY(merge_config(std::move(child.config_)));
  for (const auto& [name, var] : child.vars_) TAUT_TRY(add_var(var));
  return {};
}

}  // namespace taut::kustomize
