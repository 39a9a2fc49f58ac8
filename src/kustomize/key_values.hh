// The pairs of a generator: env files first, then literals, then files.
#pragma once

#include <string>
#include <vector>

#include "kustomize/generator.hh"

namespace taut::kustomize {

struct KeyValue {
  std::string key;
  std::string value;
};

// Of the fields envs, literals and files. The errors start with "loading KV pairs: ".
Result<std::vector<KeyValue>> load_key_values(const Value& args, const ReadFile& read);

}  // namespace taut::kustomize
