// matrix and merge: generators of what other generators give.
#include <map>

#include "dialect/argo/appset/generator_kinds.hh"
#include "dialect/argo/appset/parameters.hh"
#include "value/go_text.hh"
#include "value/json.hh"

namespace taut::argo::appset {
namespace {

// Each value as Go's %v prints it.
Value printed(const Value& parameters) {
  Value out = Value::map({});
  for (const auto& [key, value] : parameters.entries()) out.set(key.as_string(), go_text(value));
  return out;
}

// Both as texts; a name in both must have one value.
Result<Value> combined(const Value& a, const Value& b) {
  Value out = printed(a);
  Value second = printed(b);
  for (const auto& [key, value] : second.entries()) {
    const Value* held = out.find(key.as_string());
    if (held && *held != value)
      return fail(Code::kInvalid, "found duplicate key {} with different value, a: {} ,b: {}", key.as_string(), held->as_string(), value.as_string());
    out.set(key.as_string(), value);
  }
  return out;
}

// Sets by the values of their merge keys, in order.
Result<std::vector<std::pair<std::string, Value>>> by_keys(const Value& keys, const ParameterSets& sets) {
  if (keys.empty()) return fail(Code::kInvalid, "no merge keys were specified, Merge requires at least one");
  std::vector<std::pair<std::string, Value>> out;
  std::map<std::string, bool> seen;
  for (const Value& set : sets) {
    std::map<std::string, Value> sorted;
    for (const Value& key : keys.items()) sorted[key.str()] = set[key.as_string()];
    Value key = Value::map({});
    for (auto& [name, value] : sorted) key.set(name, value);
    std::string text = to_json(key);
    if (!seen.emplace(text, true).second)
      return fail(Code::kInvalid, "the parameters from a generator were not unique by the given mergeKeys, Merge requires all param "
                                  "sets to be unique. Duplicate key was {}", text);
    out.emplace_back(std::move(text), set);
  }
  return out;
}

}  // namespace

Result<ParameterSets> matrix_parameters(const Value& matrix, const Value& application_set, World& world) {
  const Value& children = matrix["generators"];
  if (children.size() < 2) return fail(Code::kInvalid, "found less than two generators, Matrix support only two");
  if (children.size() > 2) return fail(Code::kInvalid, "found more than two generators, Matrix support only two");
  bool go_template = application_set["spec"]["goTemplate"].as_bool();
  auto first = child_parameters(children[0], application_set, Value(), world);
  if (!first)
    return fail(first.error().code(), "error failed to get params for first generator in matrix generator: {}", first.error().message());
  ParameterSets out;
  for (const Value& a : *first) {
    auto second = child_parameters(children[1], application_set, a, world);
    if (!second)
      return fail(second.error().code(), "failed to get params for second generator in the matrix generator: {}", second.error().message());
    for (const Value& b : *second) {
      if (go_template) {
        Value both = b;
        merge_over(both, a);
        out.push_back(std::move(both));
        continue;
      }
      auto both = combined(a, b);
      if (!both)
        return fail(Code::kInvalid, "failed to combine string maps with merging params for the matrix generator: {}", both.error().message());
      out.push_back(std::move(*both));
    }
  }
  return out;
}

Result<ParameterSets> merge_parameters(const Value& merge, const Value& application_set, World& world) {
  const Value& children = merge["generators"];
  if (children.size() < 2) return fail(Code::kInvalid, "found less than two generators, Merge requires two or more");
  bool go_template = application_set["spec"]["goTemplate"].as_bool();
  std::vector<ParameterSets> sets;
  for (const Value& child : children.items()) {
    auto found = child_parameters(child, application_set, Value(), world);
    if (!found)
      return fail(found.error().code(), "error getting param sets from generators: error getting params from generator {} of {}: {}",
                  sets.size() + 1, children.size(), found.error().message());
    sets.push_back(std::move(*found));
  }
  auto keyed = [&](const ParameterSets& of) {
    return by_keys(merge["mergeKeys"], of).map_error([](const Error& error) {
      return Error(error.code(), "error getting param sets by merge key: " + error.message());
    });
  };
  TAUT_ASSIGN(auto base, keyed(sets[0]));
  for (size_t i = 1; i < sets.size(); ++i) {
    TAUT_ASSIGN(auto overrides, keyed(sets[i]));
    std::map<std::string, Value> found(overrides.begin(), overrides.end());
    for (auto& [key, parameters] : base) {
      auto it = found.find(key);
      if (it == found.end()) continue;
      if (go_template)
        merge_over(parameters, it->second);
      else
        for (const auto& [name, value] : it->second.entries()) parameters.set(name.as_string(), value);
    }
  }
  ParameterSets out;
  for (auto& [key, parameters] : base) out.push_back(std::move(parameters));
  return out;
}

}  // namespace taut::argo::appset
