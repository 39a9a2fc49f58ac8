#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "health/argo.hh"
#include "health/customizations.hh"
#include "tests/differential/argo/ops.hh"

namespace taut::differential {
namespace {

namespace fs = std::filesystem;

// Argo CD's own scripts: TAUT_HEALTH_SCRIPTS names their folder.
const Customizations& scripts() {
  static const Customizations loaded = [] {
    Customizations out;
    const char* folder = std::getenv("TAUT_HEALTH_SCRIPTS");
    if (!folder) return out;
    for (const auto& entry : fs::recursive_directory_iterator(folder)) {
      if (entry.path().extension() != ".lua") continue;
      std::ifstream in(entry.path());
      std::stringstream text;
      text << in.rdbuf();
      out.add_file(fs::relative(entry.path(), folder).string(), text.str());
    }
    return out;
  }();
  return loaded;
}

Time now() { return std::chrono::time_point_cast<Duration>(std::chrono::system_clock::now()); }

Value shown(const std::optional<Health>& health) {
  if (!health) return Value::map();
  return Value::map({{"status", health_name(health->state)}, {"message", health->message}});
}

}  // namespace

Result<Value> native_health(const Value& request) {
  auto health = judge_argo(request["object"]);
  return health ? shown(health) : Value();
}

Result<Value> lua_health(const Value& request) {
  auto judged = scripts().judge(request["object"], now());
  return judged ? shown(judged->health) : Value();
}

Result<Value> lua_discover(const Value& request) {
  TAUT_ASSIGN(auto actions, scripts().actions(request["object"], now()));
  Value out = Value::list();
  for (const Action& action : actions) {
    Value parameters = Value::list();
    for (const std::string& name : action.parameters) parameters.push_back(Value::map({{"name", name}}));
    out.push_back(Value::map({{"name", action.name},
                              {"disabled", action.disabled},
                              {"displayName", action.display_name},
                              {"iconClass", action.icon_class},
                              {"params", parameters}}));
  }
  return out;
}

}  // namespace taut::differential
