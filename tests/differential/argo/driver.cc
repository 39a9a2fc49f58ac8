// What taut makes of requests, in the form that oracle/main.go has for Argo CD's libraries.
#include "tests/differential/driver.hh"

#include <array>

#include "tests/differential/argo/ops.hh"

namespace {

using namespace taut;
using namespace taut::differential;

struct Op {
  std::string_view name;
  Result<Value> (*run)(const Value& request);
};

constexpr std::array kOps = {
    Op{"three_way", three_way},
    Op{"diff", whole_diff},
    Op{"ignore", ignore},
    Op{"known", known_types},
    Op{"source", project_source},
    Op{"destination", project_destination},
    Op{"resource", project_resource},
    Op{"app_namespace", project_app_namespace},
    Op{"validate", project_validate},
    Op{"window", window_active},
    Op{"windows", windows_can_sync},
    Op{"matches", windows_match},
    Op{"rbac", rbac_enforce},
    Op{"policy", rbac_validate},
    Op{"glob", glob_match},
    Op{"paths", refresh_paths},
    Op{"fill", appset_fill},
    Op{"generate", appset_generate},
    Op{"render", appset_render},
    Op{"health", native_health},
    Op{"lua", lua_health},
    Op{"discover", lua_discover},
};

Result<std::string> run(const Value& request) {
  for (const Op& op : kOps) {
    if (request["op"].as_string() != op.name) continue;
    TAUT_ASSIGN(Value out, op.run(request));
    return to_json(out);
  }
  return fail(Code::kInvalid, "no op \"{}\"", request["op"].as_string());
}

}  // namespace

int main() { return taut::differential::answer_all(run); }
