#include "kustomize/vars.hh"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <map>
#include <optional>

#include "kustomize/accumulator.hh"
#include "kustomize/field_path.hh"
#include "yaml/spelling.hh"

namespace taut::kustomize {
namespace {

using yaml::ScalarType;

// "ports[0]" as "ports" and "0".
std::vector<std::string> split_indices(std::string_view path) {
  std::vector<std::string> out;
  for (const std::string& part : split_field_path(path)) {
    size_t open = part.rfind('[');
    bool index = part.ends_with(']') && open != std::string::npos && open + 2 < part.size() &&
                 std::all_of(part.begin() + static_cast<long>(open) + 1, part.end() - 1, [](char c) { return c >= '0' && c <= '9'; });
    if (!index) {
      out.push_back(part);
      continue;
    }
    if (open > 0) out.push_back(part.substr(0, open));
    out.push_back(part.substr(open + 1, part.size() - open - 2));
  }
  return out;
}

std::optional<int64_t> go_atoi(std::string_view text) {
  if (text.starts_with('+')) text.remove_prefix(1);
  int64_t out = 0;
  auto [rest, error] = std::from_chars(text.data(), text.data() + text.size(), out);
  if (error != std::errc() || rest != text.data() + text.size()) return std::nullopt;
  return out;
}

std::optional<bool> go_parse_bool(std::string_view text) {
  for (std::string_view yes : {"1", "t", "T", "TRUE", "true", "True"})
    if (text == yes) return true;
  for (std::string_view no : {"0", "f", "F", "FALSE", "false", "False"})
    if (text == no) return false;
  return std::nullopt;
}

// What a var stands for, as Go types it: integers in base ten, floats, booleans, else text. Lists and maps as they are.
std::optional<Value> go_value(const Value& field) {
  if (field.is_map() || field.is_list()) return field;
  std::string text = field.is_null() ? std::string("null") : yaml::scalar_text(field);
  switch (yaml::scalar_type(field)) {
    case ScalarType::kInt:
      if (auto number = go_atoi(text)) return Value(*number);
      return std::nullopt;
    case ScalarType::kFloat: {
      double number = 0;
      auto [rest, error] = std::from_chars(text.data(), text.data() + text.size(), number);
      if (error != std::errc() || rest != text.data() + text.size()) return std::nullopt;
      return Value(number);
    }
    case ScalarType::kBool:
      if (auto flag = go_parse_bool(text)) return Value(*flag);
      return std::nullopt;
    default: return Value(text);
  }
}

struct Var {
  Value value;
  bool used = false;
};
using Values = std::map<std::string, Var, std::less<>>;

std::string shortest(double number, std::chars_format format) {
  char buffer[512];
  auto end = std::to_chars(buffer, buffer + sizeof buffer, number, format).ptr;
  return std::string(buffer, end);
}

// Go's %v in the middle of a text.
std::string inner_text(const Value& value) {
  if (value.is_bool()) return value.as_bool() ? "true" : "false";
  if (value.is_integer()) return std::to_string(value.as_int());
  if (value.kind() != Kind::kDouble) return value.str();
  double number = value.as_double(), size = std::abs(number);
  bool exponent = size != 0 && (size < 1e-4 || size >= 1e21);
  return shortest(number, exponent ? std::chars_format::scientific : std::chars_format::fixed);
}

// The node that a replaced text becomes.
Value written(const Value& value) {
  if (value.kind() != Kind::kDouble) return value;
  return yaml::make_scalar(ScalarType::kFloat, shortest(value.as_double(), std::chars_format::fixed));
}

// What $(name) stands for; the reference itself where nothing does.
Value mapped(Values& values, std::string_view name) {
  auto found = values.find(name);
  bool usable = found != values.end() && !found->second.value.is_map() && !found->second.value.is_list();
  if (!usable) return Value(fmt::format("$({})", name));
  found->second.used = true;
  return found->second.value;
}

Value expand(std::string_view input, Values& values) {
  std::string out;
  size_t at = 0;
  for (;;) {
    size_t sign = input.find('$', at);
    if (sign == std::string_view::npos || sign + 1 >= input.size()) {
      out.append(input.substr(at));
      return Value(out);
    }
    out.append(input.substr(at, sign - at));
    at = sign + 2;
    char next = input[sign + 1];
    size_t close = next == '(' ? input.find(')', sign) : std::string_view::npos;
    if (next == '$') {
      out.push_back('$');
    } else if (close == std::string_view::npos) {
      out.push_back('$');
      out.push_back(next);
    } else {
      Value value = mapped(values, input.substr(sign + 2, close - sign - 2));
      if (sign == 0 && close + 1 == input.size()) return written(value);
      out.append(inner_text(value));
      at = close + 1;
    }
  }
}

bool is_text(const Value& value) { return yaml::scalar_type(value) == ScalarType::kString; }

bool has_sign(const Value& value) { return value.is_string() && value.as_string().find('$') != std::string_view::npos; }

bool wants(const Value& field) {
  if (has_sign(field)) return is_text(field);
  for (const Value& item : field.items())
    if (has_sign(item) || !is_text(item)) return true;
  for (const Entry& entry : field.entries())
    if (has_sign(entry.value)) return true;
  return false;
}

Status replace_in(Value& field, Values& values) {
  if (field.is_string()) {
    if (is_text(field)) field = expand(std::string(field.as_string()), values);
    return {};
  }
  for (size_t i = 0; i < field.items().size(); ++i) {
    if (!is_text(field[i])) return fail(Code::kInvalid, "invalid value type expect a string");
    Value text = field[i];
    if (has_sign(text)) field.edit(i) = expand(text.as_string(), values);
  }
  std::vector<std::string> keys;
  for (const Entry& entry : field.entries())
    if (has_sign(entry.value) && is_text(entry.value)) keys.push_back(entry.name.str());
  for (const std::string& key : keys) {
    Value text = field[key];
    field.set(key, expand(text.as_string(), values));
  }
  return {};
}

Result<Value> value_of(const ResMap& resources, const Value& var) {
  std::string_view name = var["name"].as_string();
  for (const Resource& resource : resources) {
    const auto& names = resource.var_names;
    if (std::find(names.begin(), names.end(), name) == names.end()) continue;
    auto field = find_field(resource.object, split_indices(var["fieldref"]["fieldPath"].as_string()));
    std::optional<Value> value;
    if (field && *field != nullptr) value = go_value(**field);
    if (value) return *value;
    return fail(Code::kNotFound, "field specified in var '{}' not found in corresponding resource", var_text(var));
  }
  return fail(Code::kNotFound, "var '{}' cannot be mapped to a field in the set of known resources", var_text(var));
}

}  // namespace

Result<std::vector<std::string>> resolve_vars(ResMap& resources, std::span<const Value> vars, const FieldSpecs& specs) {
  std::vector<std::string> unused;
  if (vars.empty()) return unused;
  Values values;
  for (const Value& var : vars) {
    TAUT_ASSIGN(Value value, value_of(resources, var));
    values.emplace(var["name"].str(), Var{std::move(value)});
  }
  FieldVisit visit;
  visit.wants = wants;
  visit.change = [&](Value& field) { return replace_in(field, values); };
  for (Resource& resource : resources) TAUT_TRY(visit_fields(resource.object, resource.gvk(), specs, visit));
  for (const auto& [name, var] : values)
    if (!var.used) unused.push_back(name);
  return unused;
}

}  // namespace taut::kustomize
