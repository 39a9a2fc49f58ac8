#include "dialect/argo/settings.hh"

#include <fmt/format.h>

#include <map>

#include "base/strings.hh"
#include "dialect/argo/ignore_rules.hh"
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

class Reader {
 public:
  Settings read(const Value& data) {
    if (const Value* all = data.find(kCustomizations)) read_all(all->as_string());
    for (const auto& [key, value] : data.entries()) read_one(key.as_string(), value);
    auto customizations = std::make_shared<Customizations>();
    for (const auto& [key, settings] : kinds_) {
      take_ignore(key, settings["ignoreDifferences"]);
      bool scripted = !settings["health.lua"].empty() || !settings["actions"].empty();
      if (!scripted) continue;
      if (auto added = customizations->add_override(key, settings); !added) error("actions of " + key, added.error().message());
    }
    if (!customizations->empty()) out_.customizations = std::move(customizations);
    for (const auto& [key, settings] : kinds_) out_.fingerprint.set(key, settings);
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
    else if (type != "ignoreResourceUpdates" && type != "knownTypeFields")
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

  Settings out_{.fingerprint = Value::map({})};
  std::map<std::string, Value> kinds_;
};

}  // namespace

Settings read_settings(const Value& config_map) { return Reader().read(config_map["data"]); }

}  // namespace taut::argo
