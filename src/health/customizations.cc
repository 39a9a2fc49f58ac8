#include "health/customizations.hh"

#include <fmt/format.h>

#include <algorithm>

#include "base/strings.hh"
#include "lang/glob/glob.hh"
#include "lang/lua/lua.hh"
#include "object/id.hh"
#include "value/go_text.hh"
#include "yaml/reader.hh"

namespace taut {
namespace {

constexpr std::string_view kHealthFile = "/health.lua";

std::string key_of(const Value& object) {
  Gvk gvk = Gvk::of(object);
  return gvk.group.empty() ? gvk.kind : gvk.group + "/" + gvk.kind;
}

Error wrong_type(const std::string& type) {
  return Error(Code::kInvalid, fmt::format("expect table output from Lua script, not {}", type));
}

// The table {status, message}; an empty one, which is a list here, says nothing.
Result<std::optional<Health>> read_health(const lua::Output& output) {
  if (output.type == "nil" || output.value.is_list()) return std::optional<Health>();
  if (output.type != "table") return fail(wrong_type(output.type));
  for (std::string_view field : {"status", "message"}) {
    const Value& value = output.value[field];
    if (!value.is_null() && !value.is_string())
      return fail(Code::kInvalid, "json: cannot unmarshal {} into Go struct field HealthStatus.{} of type {}", go_json_kind(value),
                  field, field == "status" ? "health.HealthStatusCode" : "string");
  }
  auto state = parse_health(output.value["status"].as_string());
  if (!state) return Health{HealthState::kUnknown, "Lua returned an invalid health status"};
  return Health{*state, output.value["message"].str()};
}

// Lua cannot tell an empty map from an empty list: what was a map and is empty stays one.
Value with_empty_maps(const Value& now, const Value& before) {
  if (now.is_list() && now.empty() && before.is_map()) return Value::map({});
  Value out = now;
  if (now.is_map() && before.is_map()) {
    for (const auto& [key, value] : now.entries())
      if (const Value* old = before.find(key.as_string())) out.set(key.as_string(), with_empty_maps(value, *old));
  } else if (now.is_list() && before.is_list()) {
    for (size_t i = 0; i < std::min(now.size(), before.size()); ++i) out.edit(i) = with_empty_maps(now[i], before[i]);
  }
  return out;
}

Result<std::vector<Impact>> read_impacts(const lua::Output& output, const Value& before) {
  if (output.type != "table") return fail(wrong_type(output.type));
  std::vector<Impact> out;
  if (output.value.is_map()) {
    // The old style: the object itself, changed.
    out.push_back({Impact::Operation::kPatch, with_empty_maps(output.value, before)});
    return out;
  }
  for (const Value& item : output.value.items()) {
    std::string_view operation = item["operation"].as_string();
    if (operation != "patch" && operation != "create")
      return fail(Code::kInvalid, "unsupported operation: \"{}\"", operation);
    bool patch = operation == "patch";
    out.push_back({patch ? Impact::Operation::kPatch : Impact::Operation::kCreate,
                   patch ? with_empty_maps(item["resource"], before) : item["resource"]});
  }
  return out;
}

// {NAME: {disabled, displayName, iconClass, params: [{name}]}}; names that are known already stay as they are.
Status read_actions(const lua::Output& output, std::vector<Action>& into) {
  if (output.type != "table") return fail(wrong_type(output.type));
  for (const auto& [key, item] : output.value.entries()) {
    std::string name(key.as_string());
    if (std::ranges::any_of(into, [&](const Action& known) { return known.name == name; })) continue;
    Action action{std::move(name), item["disabled"].as_bool(), item["displayName"].str(), item["iconClass"].str(), {}};
    if (item["name"].is_string()) action.name = item["name"].str();
    for (const Value& parameter : item["params"].items()) action.parameters.push_back(parameter["name"].str());
    into.push_back(std::move(action));
  }
  return {};
}

}  // namespace

void Customizations::add_file(std::string_view path, std::string text) {
  bool wildcard = path.ends_with(kHealthFile) && path.find('_') != std::string_view::npos;
  files_.insert_or_assign(std::string(path), std::move(text));
  if (!wildcard) return;
  std::string pattern = replace_all(path.substr(0, path.size() - kHealthFile.size()), "_", "*");
  std::pair entry(std::move(pattern), std::string(path));
  wildcards_.insert(std::ranges::upper_bound(wildcards_, entry.second, {}, &std::pair<std::string, std::string>::second), entry);
}

Status Customizations::add_override(std::string key, const Value& settings) {
  Override out;
  out.health = settings["health.lua"].str();
  out.open_libraries = settings["useOpenLibs"].as_bool();
  Value actions = settings["actions"];
  if (actions.is_string() && !actions.as_string().empty()) {
    auto document = parse_yaml_document(actions.as_string());
    if (!document) return fail(std::move(document.error()).while_doing(fmt::format("reading the actions of {}", key)));
    actions = document->root;
  }
  if (actions.is_map()) {
    out.discovery = actions["discovery.lua"].str();
    out.merge_built_in = actions["mergeBuiltinActions"].as_bool();
    for (const Value& definition : actions["definitions"].items())
      out.definitions.emplace(definition["name"].str(), definition["action.lua"].str());
  }
  overrides_.insert_or_assign(std::move(key), std::move(out));
  return {};
}

const std::string* Customizations::file(std::string_view path) const {
  auto it = files_.find(path);
  return it == files_.end() ? nullptr : &it->second;
}

// An exact override, one that matches as a glob, a file of that very kind, a file whose wildcards match.
std::optional<Customizations::Script> Customizations::health_script(std::string_view key) const {
  auto exact = overrides_.find(key);
  if (exact != overrides_.end() && !exact->second.health.empty())
    return Script{exact->second.health, exact->second.open_libraries};
  for (const auto& [pattern, override] : overrides_)
    if (!override.health.empty() && glob_matches(pattern, key)) return Script{override.health, override.open_libraries};
  if (const std::string* text = file(fmt::format("{}{}", key, kHealthFile))) return Script{*text, true};
  for (const auto& [pattern, path] : wildcards_)
    if (glob_matches(pattern, key, "/")) return Script{*file(path), true};
  return std::nullopt;
}

std::optional<Customizations::Judged> Customizations::judge(const Value& object, Time now) const {
  auto script = health_script(key_of(object));
  if (!script) return std::nullopt;
  auto health = lua::run(script->text, object, Value(), {.open_libraries = script->open_libraries, .now = now}).and_then(read_health);
  if (!health) return Judged{Health{HealthState::kUnknown, health.error().message()}};
  return Judged{*health};
}

Result<std::vector<Action>> Customizations::actions(const Value& object, Time now) const {
  std::string key = key_of(object);
  std::vector<std::string_view> scripts;
  bool built_in = true;
  if (auto it = overrides_.find(key); it != overrides_.end() && it->second.discovery) {
    scripts.push_back(*it->second.discovery);
    built_in = it->second.merge_built_in;
  }
  if (const std::string* text = built_in ? file(key + "/actions/discovery.lua") : nullptr) scripts.push_back(*text);
  std::vector<Action> out;
  for (std::string_view script : scripts) {
    TAUT_ASSIGN(auto output, lua::run(script, object, Value(), {.now = now}));
    TAUT_TRY(read_actions(output, out));
  }
  return out;
}

Result<std::vector<Impact>> Customizations::act(const Value& object, std::string_view action, const Value& parameters,
                                                Time now) const {
  std::string key = key_of(object);
  const std::string* script = nullptr;
  if (auto it = overrides_.find(key); it != overrides_.end())
    if (auto found = it->second.definitions.find(action); found != it->second.definitions.end()) script = &found->second;
  if (!script) script = file(fmt::format("{}/actions/{}/action.lua", key, action));
  if (!script) return fail(Code::kNotFound, "built-in script does not exist");
  TAUT_ASSIGN(auto output, lua::run(*script, object, parameters, {.now = now}));
  return read_impacts(output, object);
}

}  // namespace taut
