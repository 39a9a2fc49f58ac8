#include "lang/jsonschema/validator.hh"

#include <algorithm>

#include "base/runes.hh"
#include "base/strings.hh"
#include "lang/jsonschema/library.hh"
#include "lang/jsonschema/messages.hh"
#include "lang/jsonschema/numbers.hh"

namespace taut::jsonschema {

namespace {

uint8_t type_of(const Value& value) {
  switch (value.kind()) {
    case Kind::kNull: return kNullBit;
    case Kind::kBool: return kBooleanBit;
    case Kind::kString: return kStringBit;
    case Kind::kList: return kArrayBit;
    case Kind::kMap: return kObjectBit;
    default: return kNumberBit;
  }
}

std::vector<std::string_view> type_names(uint8_t types) {
  static constexpr std::string_view kNames[] = {"null", "boolean", "number", "integer", "string", "array", "object"};
  std::vector<std::string_view> out;
  for (size_t i = 0; i < std::size(kNames); ++i) {
    if (types & (1 << i)) out.push_back(kNames[i]);
  }
  return out;
}

bool is_compound(const Value& value) { return value.is_list() || value.is_map(); }

std::string enum_message(const std::vector<Value>& wanted) {
  if (std::any_of(wanted.begin(), wanted.end(), is_compound)) return "'enum' failed";
  if (wanted.size() == 1) return "value must be " + shown(wanted[0]);
  std::vector<std::string> items;
  for (const Value& value : wanted) items.push_back(shown(value));
  return "value must be one of " + join(items, ", ");
}

// The keywords that led from the root to a scope: "/properties/a/$ref".
std::string keyword_path(const Scope& scope) {
  std::string out;
  for (const Scope* at = &scope; at->parent; at = at->parent) {
    const std::string &here = at->node->location, &above = at->parent->node->location;
    if (!at->keyword.empty()) {
      out.insert(0, "/" + std::string(at->keyword));
    } else if (here.starts_with(above)) {
      out.insert(0, here.substr(above.size()));
    }
  }
  return out;
}

}  // namespace

void Unevaluated::keep_common(const Unevaluated& other) {
  std::erase_if(properties, [&](const std::string& name) { return !other.properties.contains(name); });
  std::erase_if(items, [&](size_t index) { return !other.items.contains(index); });
}

Validator::Validator(const Node& node, const Value& value, std::vector<std::string>& location, const Scope& scope,
                     bool brief, bool caller_needs_unevaluated)
    : node_(node), value_(value), location_(location), scope_(scope), brief_(brief) {
  if (value.is_map() && !node.additional_properties.given() &&
      (caller_needs_unevaluated || node.unevaluated_properties)) {
    for (const Entry& entry : value.entries()) unevaluated_.properties.insert(entry.name.str());
  }
  const bool all_items = node.draft >= 2020 || node.items_list.empty() ? node.items != nullptr
                                                                       : node.additional_items.given();
  if (value.is_list() && !all_items && (caller_needs_unevaluated || node.unevaluated_items)) {
    for (size_t i = node.items_list.size(); i < value.size(); ++i) unevaluated_.items.insert(i);
  }
}

Failure Validator::failure(std::string message) const {
  if (brief_) return {};
  return {Failure::Role::kPlain, location_, std::move(message), {}};
}

void Validator::add(std::string message, std::vector<Failure> causes) {
  failures_.push_back(failure(std::move(message)));
  failures_.back().causes = std::move(causes);
}

std::optional<Failure> Validator::run() {
  if (!scope_.effort->spend(1)) return failure("too much to check");
  if (node_.boolean) return *node_.boolean ? std::nullopt : std::optional(failure("false schema"));
  if (auto cycle = check_cycle()) return cycle;
  if (auto wrong = check_kind()) return wrong;
  if (node_.ref) {
    auto failed = by_reference(*node_.ref, "$ref");
    if (node_.draft < 2019) return failed;
    add(std::move(failed));
  }
  check_object();
  check_array();
  check_text();
  check_number();
  if (!settled()) {
    check_references();
    check_combinations();
    check_condition();
    check_unevaluated();
  }
  if (failures_.empty()) return std::nullopt;
  if (failures_.size() == 1) return std::move(failures_[0]);
  Failure group = failure("validation failed");
  group.role = Failure::Role::kGroup;
  group.causes = std::move(failures_);
  return group;
}

// Type, const, enum and format: the first that fails ends the check.
std::optional<Failure> Validator::check_kind() {
  const uint8_t type = type_of(value_);
  if (node_.types) {
    bool fits = (node_.types & type) ||
                ((node_.types & kIntegerBit) && type == kNumberBit && is_whole(value_.as_double()));
    if (!fits) {
      return failure(fmt::format("got {}, want {}", type_names(type)[0], join(type_names(node_.types), " or ")));
    }
  }
  if (node_.constant && !equals(value_, *node_.constant)) {
    return failure(is_compound(*node_.constant) ? "'const' failed" : "value must be " + shown(*node_.constant));
  }
  if (node_.enumeration) {
    const auto& wanted = *node_.enumeration;
    auto fits = [&](const Value& one) { return equals(value_, one); };
    auto same_type = [&](const Value& one) { return type_of(one) == type_of(value_); };
    if (std::none_of(wanted.begin(), wanted.end(), same_type) || std::none_of(wanted.begin(), wanted.end(), fits)) {
      return failure(enum_message(wanted));
    }
  }
  if (node_.format && value_.is_string()) {
    if (auto wrong = node_.format->check(value_.as_string())) {
      return failure(fmt::format("{} is not valid {}: {}", shown(value_), node_.format->name, *wrong));
    }
  }
  return std::nullopt;
}

std::optional<Failure> Validator::check_cycle() {
  for (const Scope* above = scope_.parent; above && above->value == scope_.value; above = above->parent) {
    if (above->node == scope_.node) {
      return failure(fmt::format("both {} and {} resolve to {} causing reference cycle", keyword_path(scope_),
                                 keyword_path(*above), quote(node_.location)));
    }
  }
  return std::nullopt;
}

std::vector<std::string> Validator::missing(const std::vector<std::string>& required) const {
  std::vector<std::string> out;
  for (const std::string& name : required) {
    if (!value_.contains(name)) out.push_back(name);
  }
  return out;
}

void Validator::check_object() {
  if (!value_.is_map()) return;
  const auto size = static_cast<int64_t>(value_.size());
  if (node_.min_properties && size < *node_.min_properties) {
    add(fmt::format("minProperties: got {}, want {}", grouped(size), grouped(*node_.min_properties)));
  }
  if (node_.max_properties && size > *node_.max_properties) {
    add(fmt::format("maxProperties: got {}, want {}", grouped(size), grouped(*node_.max_properties)));
  }
  if (auto names = missing(node_.required); !names.empty()) {
    add(fmt::format("missing {} {}", names.size() == 1 ? "property" : "properties", quoted_list(names)));
  }
  if (settled()) return;
  check_dependents(node_.dependencies);
  check_members();
  check_names();
  check_dependents(node_.dependent_schemas);
  check_dependents(node_.dependent_required);
}

void Validator::check_dependents(const std::vector<Dependent>& dependents) {
  for (const Dependent& dependent : dependents) {
    if (!value_.contains(dependent.property)) continue;
    if (dependent.node) {
      add(on_same(*dependent.node, "", false));
    } else if (auto names = missing(dependent.required); !names.empty()) {
      add(fmt::format("properties {} required, if {} exists", quoted_list(names), single_quoted(dependent.property)));
    }
  }
}

void Validator::check_members() {
  std::vector<std::string> refused;
  for (const Entry& entry : value_.entries()) {
    if (settled()) return;
    check_member(entry.key(), entry.value, refused);
  }
  if (!refused.empty()) add(fmt::format("additional properties {} not allowed", quoted_list(refused)));
}

void Validator::check_member(std::string_view name, const Value& member, std::vector<std::string>& refused) {
  bool evaluated = false;
  auto it = std::lower_bound(node_.properties.begin(), node_.properties.end(), name,
                             [](const auto& property, std::string_view wanted) { return property.first < wanted; });
  if (it != node_.properties.end() && it->first == name) {
    evaluated = true;
    add(on_child(*it->second, member, name));
  }
  for (const auto& [pattern, node] : node_.pattern_properties) {
    if (!scope_.effort->spend(pattern.steps(name)) || !pattern.matches(name)) continue;
    evaluated = true;
    add(on_child(*node, member, name));
  }
  const Additional& additional = node_.additional_properties;
  if (!evaluated && additional.given()) {
    evaluated = true;
    if (additional.node) {
      add(on_child(*additional.node, member, name));
    } else if (!*additional.allowed) {
      refused.emplace_back(name);
    }
  }
  if (evaluated) {
    if (auto seen = unevaluated_.properties.find(name); seen != unevaluated_.properties.end()) {
      unevaluated_.properties.erase(seen);
    }
  }
}

// Names are checked as values of their own, at no location.
void Validator::check_names() {
  if (!node_.property_names) return;
  for (const Entry& entry : value_.entries()) {
    std::vector<std::string> location;
    Value name(entry.key());
    Scope scope{node_.property_names, nullptr, 0, "", scope_.effort};
    auto failed = Validator(*node_.property_names, name, location, scope, brief_, false).run();
    if (!failed) continue;
    std::vector<Failure> causes;
    if (failed->role == Failure::Role::kGroup) {
      causes = std::move(failed->causes);
    } else {
      causes.push_back(std::move(*failed));
    }
    Failure out{Failure::Role::kPlain, {}, "invalid propertyName " + single_quoted(entry.key()), std::move(causes)};
    failures_.push_back(std::move(out));
  }
}

void Validator::check_array() {
  if (!value_.is_list()) return;
  const auto size = static_cast<int64_t>(value_.size());
  if (node_.min_items && size < *node_.min_items) {
    add(fmt::format("minItems: got {}, want {}", grouped(size), grouped(*node_.min_items)));
  }
  if (node_.max_items && size > *node_.max_items) {
    add(fmt::format("maxItems: got {}, want {}", grouped(size), grouped(*node_.max_items)));
  }
  if (node_.unique_items) {
    if (auto pair = equal_items(value_)) add(fmt::format("items at {} and {} are equal", pair->first, pair->second));
  }
  size_t first = check_items();
  if (node_.draft < 2020 && node_.additional_items.given()) {
    const Additional& additional = node_.additional_items;
    if (additional.node) {
      // The library counts these items from zero.
      for (size_t i = first; i < value_.size(); ++i) {
        add(on_child(*additional.node, value_[i], std::to_string(i - first)));
      }
    } else if (!*additional.allowed && first < value_.size()) {
      add(fmt::format("last {} additionalItem(s) not allowed", value_.size() - first));
    }
  }
  check_contains();
}

// Gives how many items have been looked at.
size_t Validator::check_items() {
  size_t listed = std::min(node_.items_list.size(), value_.size());
  for (size_t i = 0; i < listed; ++i) add(on_child(*node_.items_list[i], value_[i], std::to_string(i)));
  if (!node_.items) return listed;
  for (size_t i = listed; i < value_.size(); ++i) {
    add(on_child(*node_.items, value_[i], std::to_string(i - listed)));
  }
  return value_.size();
}

void Validator::check_contains() {
  if (!node_.contains) return;
  std::vector<Failure> failures;
  std::vector<size_t> matched;
  for (size_t i = 0; i < value_.size(); ++i) {
    if (auto failed = on_child(*node_.contains, value_[i], std::to_string(i))) {
      failures.push_back(std::move(*failed));
    } else {
      matched.push_back(i);
      if (node_.draft >= 2020) unevaluated_.items.erase(i);
    }
  }
  const auto count = static_cast<int64_t>(matched.size());
  if (node_.min_contains && count < *node_.min_contains) {
    std::string found = matched.empty() ? "none matched"
                                        : fmt::format("matched {} items at {}", count, fmt::join(matched, " "));
    add(fmt::format("min {} items required to match contains schema, but {}", *node_.min_contains, found),
        std::move(failures));
  } else if (!node_.min_contains && matched.empty()) {
    add("no items match contains schema", std::move(failures));
  }
  if (node_.max_contains && count > *node_.max_contains) {
    add(fmt::format("max {} items required to match contains schema, but matched {} items at {}",
                    *node_.max_contains, count, fmt::join(matched, " ")));
  }
}

void Validator::check_text() {
  if (!value_.is_string()) return;
  std::string_view text = value_.as_string();
  if (node_.min_length || node_.max_length) {
    int64_t length = 0;
    for (std::string_view rest = text; !rest.empty(); take_rune(rest)) ++length;
    if (node_.min_length && length < *node_.min_length) {
      add(fmt::format("minLength: got {}, want {}", grouped(length), grouped(*node_.min_length)));
    }
    if (node_.max_length && length > *node_.max_length) {
      add(fmt::format("maxLength: got {}, want {}", grouped(length), grouped(*node_.max_length)));
    }
  }
  if (node_.pattern && !scope_.effort->spend(node_.pattern->steps(text))) return;
  if (node_.pattern && !node_.pattern->matches(text)) {
    add(fmt::format("{} does not match pattern {}", single_quoted(text), single_quoted(node_.pattern->text)));
  }
}

void Validator::check_number() {
  if (!value_.is_number()) return;
  const double number = value_.as_double();
  auto check = [&](std::string_view keyword, const std::optional<double>& limit, auto fits) {
    if (limit && !fits(number, *limit)) {
      add(fmt::format("{}: got {}, want {}", keyword, grouped(number), grouped(*limit)));
    }
  };
  check("minimum", node_.minimum, std::greater_equal<>());
  check("maximum", node_.maximum, std::less_equal<>());
  check("exclusiveMinimum", node_.exclusive_minimum, std::greater<>());
  check("exclusiveMaximum", node_.exclusive_maximum, std::less<>());
  check("multipleOf", node_.multiple_of, is_multiple);
}

}  // namespace taut::jsonschema
