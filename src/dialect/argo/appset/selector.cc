#include "dialect/argo/appset/selector.hh"

#include <algorithm>

#include "base/strings.hh"
#include "value/json.hh"

namespace taut::argo::appset {
namespace {

bool among(const Value& values, const Value* held) {
  return held && std::ranges::any_of(values.items(), [&](const Value& value) { return value == *held; });
}

constexpr size_t kLongestLabel = 63;
constexpr std::string_view kNoLabel =
    "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an "
    "alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is "
    "'(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')";

bool is_alphanumeric(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'); }

// apimachinery's field errors for a value of a label, empty for none.
std::string label_fault(std::string_view text) {
  std::string out;
  if (text.size() > kLongestLabel) out = "must be no more than 63 characters";
  bool inside = std::ranges::all_of(text, [](char c) { return is_alphanumeric(c) || c == '-' || c == '_' || c == '.'; });
  if (!text.empty() && !(inside && is_alphanumeric(text.front()) && is_alphanumeric(text.back())))
    out.append(out.empty() ? "" : "; ").append(kNoLabel);
  return out;
}

Status check_value(std::string_view key, size_t index, const Value& value) {
  std::string fault = label_fault(value.as_string());
  if (fault.empty()) return {};
  return fail(Code::kInvalid, "values[{}][{}]: Invalid value: {}: {}", index, key, quote(value.as_string()), fault);
}

}  // namespace

Status check_selector(const Value& selector, std::string_view what) {
  for (const Value& expression : selector["matchExpressions"].items()) {
    std::string_view op = expression["operator"].as_string();
    const Value& values = expression["values"];
    bool listed = op == "In" || op == "NotIn";
    if (!listed && op != "Exists" && op != "DoesNotExist") return fail(Code::kInvalid, "\"{}\" is not a valid {} selector operator", op, what);
    if (listed && values.empty())
      return fail(Code::kInvalid, "values: Invalid value: null: for 'in', 'notin' operators, values set can't be empty");
    if (!listed && !values.empty())
      return fail(Code::kInvalid, "values: Invalid value: {}: values set must be empty for exists and does not exist", to_json(values));
  }
  return {};
}

Status check_label_selector(const Value& selector) {
  for (const auto& [key, value] : selector["matchLabels"].entries()) TAUT_TRY(check_value(key.as_string(), 0, value));
  TAUT_TRY(check_selector(selector, "label"));
  for (const Value& expression : selector["matchExpressions"].items()) {
    size_t index = 0;
    for (const Value& value : expression["values"].items()) TAUT_TRY(check_value(expression["key"].as_string(), index++, value));
  }
  return {};
}

bool selects(const Value& selector, const Value& flat) {
  for (const auto& [key, value] : selector["matchLabels"].entries()) {
    const Value* held = flat.find(key.as_string());
    if (!held || *held != value) return false;
  }
  for (const Value& expression : selector["matchExpressions"].items()) {
    const Value* held = flat.find(expression["key"].as_string());
    std::string_view op = expression["operator"].as_string();
    const Value& values = expression["values"];
    bool holds = false;
    if (op == "In")
      holds = among(values, held);
    else if (op == "NotIn")
      holds = !among(values, held);
    else if (op == "Exists")
      holds = held != nullptr;
    else
      holds = held == nullptr;
    if (!holds) return false;
  }
  return true;
}

}  // namespace taut::argo::appset
