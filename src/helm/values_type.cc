// The Go type of .Values: a map with methods, which charts seldom call but which hide values of these names.
#include <array>

#include "base/strings.hh"
#include "helm/object_types.hh"
#include "lang/gotmpl/function.hh"
#include "yaml/writer.hh"

namespace taut::helm::types {

namespace {

using gotmpl::Call;
using gotmpl::Function;
using gotmpl::Map;

Failure no_table(std::string_view key) { return fail(Code::kNotFound, "{} is not a table", quote(key)); }
Failure no_value(std::string_view key) { return fail(Code::kNotFound, "{} is not a value", quote(key)); }

Result<gotmpl::Value> yaml(Call& call) {
  TAUT_ASSIGN(taut::Value document, gotmpl::to_document(call.receiver));
  return call.heap.text(to_yaml(document));
}

// The map below `map` that the keys lead to, or the key that leads to none.
Map* find_table(Map* map, const std::vector<std::string_view>& keys, std::string_view& missing) {
  for (std::string_view key : keys) {
    gotmpl::Value next = map->get(key);
    if (!next.is_map()) {
      missing = key;
      return nullptr;
    }
    map = &next.map();
  }
  return map;
}

Result<gotmpl::Value> table(Call& call) {
  std::string_view missing;
  Map* found = find_table(&call.receiver.map(), split(call.text(0), '.'), missing);
  if (found == nullptr) return no_table(missing);
  return found->name_type(kValues);
}

Result<gotmpl::Value> as_map(Call& call) {
  if (call.receiver.map().empty()) return gotmpl::Value(&call.heap.map());
  return call.receiver.named(false);
}

Result<gotmpl::Value> path_value(Call& call) {
  if (call.text(0).empty()) return fail(Code::kInvalid, "YAML path cannot be empty");
  auto keys = split(call.text(0), '.');
  const std::string_view key = keys.back();
  keys.pop_back();
  std::string_view missing;
  const Map* found = find_table(&call.receiver.map(), keys, missing);
  if (found == nullptr) return no_value(key);
  gotmpl::Value value = found->get(key);
  if (!value.is_valid() || value.is_map()) return no_value(key);
  return value;
}

// Nothing that a template has is an io.Writer.
Result<gotmpl::Value> encode(Call&) { return gotmpl::Value(); }

constexpr std::array kMethods = {
    Function{"AsMap", "", as_map, "helm values.go"},
    Function{"Encode", "io.Writer", encode, "helm values.go"},
    Function{"PathValue", "string", path_value, "helm values.go: no maps"},
    Function{"Table", "string", table, "helm values.go"},
    Function{"YAML", "", yaml, "helm values.go"},
};

}  // namespace

const gotmpl::Type kValues = {.kind = gotmpl::Kind::kMap, .name = "common.Values", .methods = kMethods};

}  // namespace taut::helm::types
