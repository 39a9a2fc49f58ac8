#include "sandbox/kinds/checks.hh"

#include <algorithm>
#include <charconv>

#include "base/strings.hh"
#include "sandbox/kinds/addresses.hh"
#include "value/json.hh"

namespace taut::sandbox::kinds {
namespace {

// Texts are quoted as Go's %q, all else is JSON as encoding/json writes it.
std::string shown_text(const Value& value) {
  if (value.is_string()) return quote(value.as_string());
  return to_json(value, {.escape_html = true});
}

bool is_percent(std::string_view text) {
  return text.size() > 1 && text.back() == '%' && std::ranges::all_of(text.substr(0, text.size() - 1), [](char c) { return c >= '0' && c <= '9'; });
}

int64_t percent_of(std::string_view text) {
  int64_t out = 0;
  std::from_chars(text.data(), text.data() + text.size(), out);
  return out;
}

}  // namespace

void Checks::add(std::string_view type, std::string field, std::string message) {
  problems_.push_back({std::string(type), std::move(message), std::move(field)});
}

void Checks::required(std::string field, std::string_view detail) {
  add("FieldValueRequired", std::move(field), detail.empty() ? "Required value" : fmt::format("Required value: {}", detail));
}

void Checks::invalid(std::string field, const Value& shown, std::string_view why) {
  add("FieldValueInvalid", std::move(field), fmt::format("Invalid value: {}: {}", shown_text(shown), why));
}

void Checks::forbidden(std::string field, std::string_view why) { add("FieldValueForbidden", std::move(field), fmt::format("Forbidden: {}", why)); }

void Checks::duplicate(std::string field, const Value& shown) {
  add("FieldValueDuplicate", std::move(field), fmt::format("Duplicate value: {}", shown_text(shown)));
}

void Checks::duplicate_text(std::string field, std::string_view shown) {
  add("FieldValueDuplicate", std::move(field), fmt::format("Duplicate value: {}", shown));
}

void Checks::invalid_text(std::string field, std::string_view shown, std::string_view why) {
  add("FieldValueInvalid", std::move(field), fmt::format("Invalid value: {}: {}", shown, why));
}

void Checks::invalid_plain(std::string field, std::string_view why) {
  add("FieldValueInvalid", std::move(field), fmt::format("Invalid value: {}", why));
}

void Checks::not_found(std::string field, const Value& shown) {
  add("FieldValueNotFound", std::move(field), fmt::format("Not found: {}", shown_text(shown)));
}

void Checks::too_long(std::string field, size_t limit) {
  add("FieldValueTooLong", std::move(field), fmt::format("Too long: may not be more than {} bytes", limit));
}

void Checks::unsupported(std::string field, const Value& shown, std::initializer_list<std::string_view> supported) {
  unsupported_text(std::move(field), shown_text(shown), supported);
}

void Checks::unsupported_text(std::string field, std::string_view shown, std::initializer_list<std::string_view> supported) {
  std::vector<std::string> quoted;
  for (std::string_view text : supported) quoted.push_back(quote(text));
  add("FieldValueNotSupported", std::move(field), fmt::format("Unsupported value: {}: supported values: {}", shown, join(quoted, ", ")));
}

void Checks::named(const std::string& field, const Value& text, const Reasons& reasons) {
  for (const std::string& reason : reasons) invalid(field, text.is_null() ? Value("") : text, reason);
}

void Checks::not_negative(const std::string& field, const Value& number) {
  if (number.as_int() < 0) invalid(field, number, "must be greater than or equal to 0");
}

void Checks::port(const std::string& field, const Value& number) {
  if (number.as_int() < 1 || number.as_int() > 65535) invalid(field, number.as_int(), "must be between 1 and 65535, inclusive");
}

void Checks::port_or_name(const std::string& field, const Value& value) {
  if (value.is_string()) {
    named(field, value, port_name(value.as_string()));
  } else {
    port(field, value);
  }
}

void Checks::share(const std::string& field, const Value& value) {
  if (!value.is_string()) return not_negative(field, value);
  if (!is_percent(value.as_string())) {
    invalid(field, value,
            "a valid percent string must be a numeric string followed by an ending '%' (e.g. '1%',  or '93%', regex used for validation is '[0-9]+%')");
  }
}

void Checks::at_most_all(const std::string& field, const Value& value) {
  if (value.is_string() && is_percent(value.as_string()) && percent_of(value.as_string()) > 100) {
    invalid(field, value, "must not be greater than 100%");
  }
}

void Checks::one_of(const std::string& field, const Value& text, std::initializer_list<std::string_view> supported) {
  if (std::ranges::find(supported, text.as_string()) == supported.end()) unsupported(field, text.is_null() ? Value("") : text, supported);
}

void Checks::given_one_of(const std::string& field, const Value& text, std::initializer_list<std::string_view> supported) {
  if (text.empty()) return required(field);
  one_of(field, text, supported);
}

void Checks::address(const std::string& field, const Value& text) {
  if (!is_address(text.as_string())) invalid(field, text.str(), "must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)");
}

void Checks::network(const std::string& field, const Value& text) {
  auto network = Network::parse(text.as_string());
  if (!network) return invalid(field, text.str(), "must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)");
  if (!network->is_clean()) invalid(field, text, "must not have bits set beyond the prefix length");
}

void Checks::labels(const std::string& field, const Value& labels) {
  for (const Entry& label : labels.entries()) {
    named(field, label.name, qualified_name(label.key()));
    named(field, label.value, label_value(label.value.as_string()));
  }
}

void Checks::selector(const std::string& field, const Value& selector) {
  labels(child(field, "matchLabels"), selector["matchLabels"]);
  const Value& expressions = selector["matchExpressions"];
  for (size_t i = 0; i < expressions.size(); ++i) {
    const std::string path = at(child(field, "matchExpressions"), i);
    const Value& values = expressions[i]["values"];
    const std::string op = expressions[i]["operator"].str();
    if (op == "In" || op == "NotIn") {
      if (values.empty()) required(child(path, "values"), "must be specified when `operator` is 'In' or 'NotIn'");
    } else if (op == "Exists" || op == "DoesNotExist") {
      if (!values.empty()) forbidden(child(path, "values"), "may not be specified when `operator` is 'Exists' or 'DoesNotExist'");
    } else {
      invalid(child(path, "operator"), op, "not a valid selector operator");
    }
    named(child(path, "key"), expressions[i]["key"], qualified_name(expressions[i]["key"].as_string()));
    for (size_t v = 0; v < values.size(); ++v) named(at(child(path, "values"), v), values[v], label_value(values[v].as_string()));
  }
}

void Checks::immutable(const std::string& field, const Value& fresh, const Value& old) {
  if (fresh != old) invalid(field, fresh, "field is immutable");
}

bool selector_picks(const Value& selector, const Value& labels) {
  for (const Entry& label : selector["matchLabels"].entries()) {
    const Value* present = labels.find(label.key());
    if (!present || *present != label.value) return false;
  }
  for (const Value& expression : selector["matchExpressions"].items()) {
    const Value* present = labels.find(expression["key"].as_string());
    const bool listed = present && std::ranges::any_of(expression["values"].items(), [&](const Value& value) { return value == *present; });
    std::string_view op = expression["operator"].as_string();
    if ((op == "In" && !listed) || (op == "NotIn" && listed) || (op == "Exists" && !present) || (op == "DoesNotExist" && present)) return false;
  }
  return true;
}

}  // namespace taut::sandbox::kinds
