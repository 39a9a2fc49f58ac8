#include "kustomize/options.hh"

namespace taut::kustomize {

Status set_reorder(std::string_view value, BuildOptions& options) {
  if (value != "legacy" && value != "none")
    return fail(Code::kInvalid, "illegal flag value --reorder {}; legal values: [legacy none]", value);
  options.order = value == "none" ? Order::kNone : Order::kLegacy;
  return {};
}

Status set_load_restrictor(std::string_view value, BuildOptions& options) {
  if (!value.empty() && value != "LoadRestrictionsRootOnly" && value != "LoadRestrictionsNone")
    return fail(Code::kInvalid,
                "illegal flag value --load-restrictor {}; legal values: [LoadRestrictionsRootOnly LoadRestrictionsNone]",
                value);
  options.restriction = value == "LoadRestrictionsNone" ? LoadRestriction::kNone : LoadRestriction::kRootOnly;
  return {};
}

}  // namespace taut::kustomize
