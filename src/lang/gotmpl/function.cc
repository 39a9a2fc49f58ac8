#include "lang/gotmpl/function.hh"

#include <utility>

#include "base/strings.hh"
#include "lang/gotmpl/builtins.hh"

namespace taut::gotmpl {
namespace {

Parameter parse_parameter(std::string_view text) {
  static constexpr std::pair<std::string_view, const Type*> kTypes[] = {
      {"any", &types::kAny},
      {"value", &types::kAny},
      {"bool", &types::kBool},
      {"int", &types::kInt},
      {"int64", &types::kInt64},
      {"uint32", &types::kUint32},
      {"float64", &types::kFloat64},
      {"string", &types::kString},
      {"[]any", &types::kList},
      {"[]string", &types::kStrings},
      {"[]int", &types::kInts},
      {"[]byte", &types::kBytes},
      {"map[string]any", &types::kMap},
      {"map[string]string", &types::kStringMap},
      {"time.Time", &types::kTime},
  };
  for (const auto& [name, type] : kTypes) {
    if (name == text) return {type, type->name, name == "value"};
  }
  return {nullptr, text};
}

}  // namespace

Signature parse_signature(std::string_view parameters) {
  Signature out;
  if (parameters.empty()) return out;
  for (std::string_view part : split(parameters, ',')) {
    part = trim(part);
    if (part.starts_with("...")) {
      out.variadic = true;
      part.remove_prefix(3);
    }
    out.parameters.push_back(parse_parameter(part));
  }
  return out;
}

FunctionTable::FunctionTable(std::initializer_list<std::span<const Function>> tables) {
  using Special = Callable::Special;
  for (const Function& row : builtins()) {
    Special special = row.name == "and" ? Special::kAnd : row.name == "or" ? Special::kOr : Special::kNone;
    if (row.name == "call") special = Special::kCall;
    rows_[row.name] = Callable{&row, parse_signature(row.parameters), special};
  }
  for (std::span<const Function> table : tables) {
    for (const Function& row : table) rows_[row.name] = Callable{&row, parse_signature(row.parameters)};
  }
}

const Callable* FunctionTable::find(std::string_view name) const {
  auto found = rows_.find(name);
  return found == rows_.end() ? nullptr : &found->second;
}

}  // namespace taut::gotmpl
