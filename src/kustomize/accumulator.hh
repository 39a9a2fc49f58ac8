// What a kustomization has gathered on its way: resources, configuration, vars.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "kustomize/config.hh"
#include "kustomize/resmap.hh"

namespace taut::kustomize {

class Accumulator {
 public:
  ResMap resources;

  const TransformerConfig& config() const { return *config_; }
  // Configurations are shared as long as they are the same.
  Status merge_config(std::shared_ptr<const TransformerConfig> more);

  // By name; "var 'X' already encountered" for a name that is there.
  const std::map<std::string, Value, std::less<>>& vars() const { return vars_; }
  // Vars of a kustomization: each remembers the resource that it speaks of. "found 2 resId matches for var ...".
  Status merge_vars(const Value& vars);

  // Takes over what a child gathered.
  Status merge(Accumulator child);

 private:
  Status add_var(const Value& var);
  std::shared_ptr<const TransformerConfig> config_ = std::make_shared<const TransformerConfig>();
  std::map<std::string, Value, std::less<>> vars_;
};

// TransformerConfig::builtin(), to be shared.
const std::shared_ptr<const TransformerConfig>& builtin_config();

// A var as Go prints it: "{NAME Service.v1.[noGrp] {metadata.name}}".
std::string var_text(const Value& var);

}  // namespace taut::kustomize
