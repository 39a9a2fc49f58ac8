// Health checks and actions written in Lua: Argo CD's resource_customizations, its built-in ones from a folder in its
// layout and those of argocd-cm (util/lua, v3.5).
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hh"
#include "base/time.hh"
#include "health/health.hh"
#include "value/value.hh"

namespace taut {

// What can be done with an object, as its discovery script says.
struct Action {
  std::string name;
  bool disabled = false;
  std::string display_name;
  std::string icon_class;
  std::vector<std::string> parameters;  // names
  bool operator==(const Action&) const = default;
};

// What an action wants written: the whole object as it shall be, or a new one.
struct Impact {
  enum class Operation : uint8_t { kPatch, kCreate };
  Operation operation = Operation::kPatch;
  Value object;
};

// Immutable once filled; thread-safe then.
class Customizations {
 public:
  // A script of the folder by its path: "GROUP/KIND/health.lua", "GROUP/KIND/actions/discovery.lua",
  // "GROUP/KIND/actions/NAME/action.lua" (without GROUP for the core group). In the path of a health check `_` stands
  // for any text without a slash.
  void add_file(std::string_view path, std::string text);

  // The settings of one kind in argocd-cm: {health.lua, useOpenLibs, actions: {discovery.lua, definitions,
  // mergeBuiltinActions}}. `key` is "group/Kind" or "Kind"; of a health check also a glob. `actions` may be a text of
  // YAML. kInvalid when it is not.
  Status add_override(std::string key, const Value& settings);

  // What a script says. No script: nothing; a script that says nothing: `health` is empty. A script that fails makes
  // the object Unknown, with the error as its message.
  struct Judged {
    std::optional<Health> health;
  };
  std::optional<Judged> judge(const Value& object, Time now) const;

  // kInvalid in Lua's words when a script fails.
  Result<std::vector<Action>> actions(const Value& object, Time now) const;
  // kNotFound when the kind has no such action: "built-in script does not exist".
  Result<std::vector<Impact>> act(const Value& object, std::string_view action, const Value& parameters, Time now) const;

  bool empty() const { return files_.empty() && overrides_.empty(); }

 private:
  struct Script {
    std::string_view text;
    bool open_libraries = false;
  };
  struct Override {
    std::string health;
    bool open_libraries = false;
    std::optional<std::string> discovery;
    std::map<std::string, std::string, std::less<>> definitions;
    bool merge_built_in = false;
  };
  std::optional<Script> health_script(std::string_view key) const;
  const std::string* file(std::string_view path) const;

  std::map<std::string, std::string, std::less<>> files_;
  std::vector<std::pair<std::string, std::string>> wildcards_;  // pattern and path, in order of the paths
  std::map<std::string, Override, std::less<>> overrides_;
};

}  // namespace taut
