// Validation of an object against a structural schema, in the words and the order of kube-openapi's validators.
#include <algorithm>
#include <cmath>
#include <limits>
#include <set>

#include "base/strings.hh"
#include "schema/crd_state.hh"
#include "value/json.hh"

namespace taut::schema {
namespace {

// What a validator found, and how many of its checks passed: of alternatives that all fail, the one that came
// furthest is reported.
struct Findings {
  std::vector<FieldError> errors;
  int matches = 0;

  bool valid() const { return errors.empty(); }
  void add(Findings other) {
    matches += other.matches;
    std::move(other.errors.begin(), other.errors.end(), std::back_inserter(errors));
  }
};

std::string json_type(const Value& value) {
  switch (value.kind()) {
    case Kind::kNull: return "null";
    case Kind::kBool: return "boolean";
    case Kind::kInt:
    case Kind::kUint: return "integer";
    case Kind::kDouble: return "number";
    case Kind::kString: return "string";
    case Kind::kList: return "array";
    case Kind::kMap: return "object";
  }
  return {};
}

// A value as field.Error prints it.
std::string shown(const Value& value) {
  return value.is_string() ? quote(value.as_string()) : to_json(value, {.escape_html = true});
}

bool is_integral(double number) { return std::isfinite(number) && std::floor(number) == number; }

int64_t code_points(std::string_view text) {
  return std::count_if(text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; });
}

std::string plural(int64_t count, std::string_view noun) {
  return fmt::format("{} {}{}", count, noun, count == 1 ? "" : "s");
}

class Validator {
 public:
  explicit Validator(const CrdSchema::State& state) : state_(state) {}

  Findings check(const Value& value, const Value& schema, const std::string& path, const Value* old) {
    if (old && *old == value) return {};
    Findings out;
    if (value.is_null()) {
      out.add(check_type(value, schema, path));
      out.add(check_enum(value, schema, path));
      return out;
    }
    auto step = [&](Findings found) {
      out.add(std::move(found));
      ++out.matches;
    };
    if (!types_of(schema).empty() || !format_of(schema).empty()) step(check_type(value, schema, path));
    step(check_alternatives(value, schema, path, old));
    if (value.is_string()) step(check_string(value, schema, path));
    if (value.is_string() && is_known_format(format_of(schema))) step(check_format(value, schema, path));
    if (value.is_number()) step(check_number(value, schema, path));
    if (value.is_list()) step(check_list(value, schema, path, old));
    step(check_enum(value, schema, path));
    if (value.is_map()) step(check_object(value, schema, path, old));
    ++out.matches;
    return out;
  }

 private:
  static FieldError invalid(const std::string& path, const Value& value, const std::string& detail) {
    return {"FieldValueInvalid", "Invalid value: " + shown(value) + ": " + detail, field_name(path)};
  }
  static FieldError wrong_type(const std::string& path, const std::string& expected, const std::string& got) {
    return {"FieldValueTypeInvalid",
            fmt::format("Invalid value: {0}: {1} in body must be of type {2}: {0}", quote(got), path, expected),
            field_name(path)};
  }
  // Errors about alternatives carry no path.
  static FieldError unplaced(const std::string& detail) {
    return {"FieldValueInvalid", "Invalid value: \"\": " + detail, "<nil>"};
  }
  static std::string field_name(const std::string& path) {
    if (path.empty()) return "<nil>";
    return path[0] == '.' ? path.substr(1) : path;
  }

  static std::string types_of(const Value& schema) {
    return flag(schema, "x-kubernetes-int-or-string") ? "integer,string" : schema["type"].str();
  }

  // The format, where it says something for the type.
  static std::string format_of(const Value& schema) {
    std::string format = schema["format"].str();
    std::string types = types_of(schema);
    if (types.empty() || types == "string") return is_known_format(format) ? format : "";
    if (types == "integer") return format == "int32" || format == "int64" ? format : "";
    if (types == "number") return format == "float" || format == "double" ? format : "";
    return "";
  }

  Findings check_type(const Value& value, const Value& schema, const std::string& path) {
    std::string expected = types_of(schema), got = json_type(value), format = format_of(schema);
    Findings out{{}, 1};
    auto refuse = [&] { return Findings{{wrong_type(path, expected, got)}, 0}; };
    if (value.is_null()) {
      if (!expected.empty() && !flag(schema, "nullable")) return refuse();
      return out;
    }
    bool numeric = contains(expected, "number") || contains(expected, "integer");
    if (!numeric && !format.empty() && (value.is_string() || value.is_list())) return out;
    bool integral = value.kind() == Kind::kDouble && is_integral(value.as_double()) && contains(expected, "integer");
    bool widened = got == "integer" && contains(expected, "number");
    auto names = split(expected, ',');
    bool listed = std::find(names.begin(), names.end(), got) != names.end();
    if (!listed && !integral && !widened) return refuse();
    return out;
  }

  Findings check_string(const Value& value, const Value& schema, const std::string& path) {
    std::string_view text = value.as_string();
    const Value *max = schema.find("maxLength"), *min = schema.find("minLength"), *pattern = schema.find("pattern");
    if (max && code_points(text) > max->as_int())
      return {{{"FieldValueTooLong", fmt::format("Too long: may not be more than {} bytes", max->as_int()),
                field_name(path)}}};
    if (min && code_points(text) < min->as_int())
      return {{invalid(path, value, fmt::format("{} in body should be at least {} chars long", path, min->as_int()))}};
    if (pattern && !pattern->empty()) {
      auto compiled = state_.patterns.find(pattern->as_string());
      bool fits = compiled == state_.patterns.end() ||
                  re2::RE2::PartialMatch(re2::StringPiece(text.data(), text.size()), *compiled->second);
      if (!fits)
        return {{invalid(path, value, fmt::format("{} in body should match '{}'", path, pattern->as_string()))}};
    }
    return {};
  }

  Findings check_format(const Value& value, const Value& schema, const std::string& path) {
    if (has_format(value.as_string(), format_of(schema))) return {};
    return {{wrong_type(path, schema["format"].str(), value.str())}};
  }

  // A number that the type cannot hold.
  static std::string range_fault(const Value& value, const Value& schema, const std::string& path) {
    std::string type = schema["type"].str(), format = format_of(schema);
    bool holds = true;
    if (type == "integer") {
      holds = value.kind() == Kind::kInt || (value.kind() == Kind::kDouble && is_integral(value.as_double()));
      if (holds && format == "int32") {
        double number = value.as_double();
        holds = number >= std::numeric_limits<int32_t>::min() && number <= std::numeric_limits<int32_t>::max();
      }
    } else if (type == "number" && format == "float") {
      holds = std::fabs(value.as_double()) <= std::numeric_limits<float>::max();
    }
    if (holds) return {};
    if (format.empty()) return fmt::format("Checked value must be of type {} (default format) in {}", type, path);
    return fmt::format("Checked value must be of type {} with format {} in {}", type, format, path);
  }

  Findings check_number(const Value& value, const Value& schema, const std::string& path) {
    Findings out;
    if (std::string fault = range_fault(value, schema, path); !fault.empty()) out.errors.push_back(unplaced(fault));
    double number = value.as_double();
    auto report = [&](std::string_view words, const Value& limit) {
      out.errors.push_back(invalid(path, value, fmt::format("{} in body should be {} {}", path, words, to_json(limit))));
    };
    if (const Value* factor = schema.find("multipleOf"); factor && factor->as_double() > 0) {
      double f = factor->as_double();
      if (!is_integral(f < 1 ? 1 / f * number : number / f)) report("a multiple of", *factor);
    }
    if (const Value* min = schema.find("minimum")) {
      bool exclusive = flag(schema, "exclusiveMinimum");
      if (exclusive ? number <= min->as_double() : number < min->as_double())
        report(exclusive ? "greater than" : "greater than or equal to", *min);
    }
    if (const Value* max = schema.find("maximum")) {
      bool exclusive = flag(schema, "exclusiveMaximum");
      if (exclusive ? number >= max->as_double() : number > max->as_double())
        report(exclusive ? "less than" : "less than or equal to", *max);
    }
    ++out.matches;
    return out;
  }

  // The item of the old list that an item of the new one continues: by key in a list of type map, else none.
  static const Value* counterpart(const Value* old, const Value& schema, const Value& item) {
    if (!old || !old->is_list() || schema["x-kubernetes-list-type"].as_string() != "map") return nullptr;
    for (const Value& candidate : old->items()) {
      bool same = true;
      for (const Value& key : schema["x-kubernetes-list-map-keys"].items())
        same = same && candidate[key.as_string()] == item[key.as_string()];
      if (same) return &candidate;
    }
    return nullptr;
  }

  Findings check_list(const Value& value, const Value& schema, const std::string& path, const Value* old) {
    Findings out;
    const Value& item_schema = schema["items"];
    for (size_t i = 0; item_schema.is_map() && i < value.size(); ++i)
      out.add(check(value[i], item_schema, fmt::format("{}[{}]", path, i), counterpart(old, schema, value[i])));
    auto size = static_cast<int64_t>(value.size());
    const Value *min = schema.find("minItems"), *max = schema.find("maxItems");
    if (min && size < min->as_int())
      out.errors.push_back(invalid(path, size, fmt::format("{} in body should have at least {} items", path, min->as_int())));
    if (max && size > max->as_int()) out.errors.push_back(too_many(path, size, max->as_int()));
    if (flag(schema, "uniqueItems")) {
      std::vector<Value> sorted(value.items().begin(), value.items().end());
      auto less = [](const Value& a, const Value& b) { return Value::compare(a, b) < 0; };
      std::sort(sorted.begin(), sorted.end(), less);
      if (std::adjacent_find(sorted.begin(), sorted.end()) != sorted.end())
        out.errors.push_back(invalid(path, "", fmt::format("{} in body shouldn't contain duplicates", path)));
    }
    ++out.matches;
    return out;
  }

  static FieldError too_many(const std::string& path, int64_t actual, int64_t max) {
    return {"FieldValueTooMany", fmt::format("Too many: {}: must have at most {}", actual, plural(max, "item")),
            field_name(path)};
  }

  Findings check_enum(const Value& value, const Value& schema, const std::string& path) {
    auto allowed = schema["enum"].items();
    if (allowed.empty() || std::find(allowed.begin(), allowed.end(), value) != allowed.end()) return {};
    std::vector<std::string> names;
    for (const Value& one : allowed) names.push_back(quote(one.is_string() ? one.str() : to_json(one)));
    return {{{"FieldValueNotSupported",
              fmt::format("Unsupported value: {}: supported values: {}", shown(value), join(names, ", ")),
              field_name(path)}}};
  }

  Findings check_object(const Value& value, const Value& schema, const std::string& path, const Value* old) {
    Findings out;
    auto size = static_cast<int64_t>(value.size());
    const Value *min = schema.find("minProperties"), *max = schema.find("maxProperties");
    if (min && size < min->as_int())
      out.errors.push_back(
          invalid(path, size, fmt::format("{} in body should have at least {} properties", path, min->as_int())));
    if (max && size > max->as_int()) out.errors.push_back(too_many(path, size, max->as_int()));

    auto below = [&](const Entry& e, const Value& child, const std::string& at) {
      const Value* before = old && old->is_map() ? old->find(e.key()) : nullptr;
      out.add(check(e.value, child, at, before));
    };
    if (const Value* more = additional(schema))
      for (const Entry& e : value.entries())
        if (!property(schema, e.key())) below(e, *more, path + "." + e.name.str());
    for (const Entry& e : value.entries())
      if (const Value* known = property(schema, e.key()))
        below(e, *known, path.empty() ? e.name.str() : path + "." + e.name.str());
    for (const Value& name : schema["required"].items())
      if (!value.contains(name.as_string()))
        out.errors.push_back({"FieldValueRequired", "Required value", field_name(path + "." + name.str())});
    return out;
  }

  Findings check_alternatives(const Value& value, const Value& schema, const std::string& path, const Value* old) {
    Findings out;
    if (!schema["anyOf"].items().empty()) out.add(check_any(value, schema["anyOf"], path, old));
    if (!schema["oneOf"].items().empty()) out.add(check_one(value, schema["oneOf"], path, old));
    if (!schema["allOf"].items().empty()) out.add(check_all(value, schema["allOf"], path, old));
    if (schema["not"].is_map() && check(value, schema["not"], path, nullptr).valid())
      out.errors.push_back(unplaced(quote(path) + " must not validate the schema (not)"));
    ++out.matches;
    return out;
  }

  // Tries the alternatives; keeps the first that holds, else the one that failed last.
  Findings best_of(const Value& value, const Value& alternatives, const std::string& path, const Value* old,
                   int& valid) {
    std::optional<Findings> success, failure;
    for (const Value& alternative : alternatives.items()) {
      Findings found = check(value, alternative, path, old);
      if (found.valid()) {
        if (++valid == 1) success = std::move(found);
      } else if (!failure || found.matches > failure->matches) {
        failure = std::move(found);
      }
    }
    return success ? std::move(*success) : std::move(*failure);
  }

  Findings check_any(const Value& value, const Value& alternatives, const std::string& path, const Value* old) {
    int valid = 0;
    Findings best = best_of(value, alternatives, path, old, valid), out;
    if (valid == 0) out.errors.push_back(unplaced(quote(path) + " must validate at least one schema (anyOf)"));
    out.add(std::move(best));
    return out;
  }

  Findings check_one(const Value& value, const Value& alternatives, const std::string& path, const Value* old) {
    int valid = 0;
    Findings best = best_of(value, alternatives, path, old, valid), out;
    if (valid == 1) return best;
    std::string found = valid == 0 ? "Found none valid" : fmt::format("Found {} valid alternatives", valid);
    out.errors.push_back(unplaced(quote(path) + " must validate one and only one schema (oneOf). " + found));
    if (valid == 0) out.add(std::move(best));
    return out;
  }

  Findings check_all(const Value& value, const Value& alternatives, const std::string& path, const Value* old) {
    Findings out;
    size_t valid = 0;
    for (const Value& alternative : alternatives.items()) {
      Findings found = check(value, alternative, path, old);
      if (found.valid()) ++valid;
      out.add(std::move(found));
    }
    if (valid != alternatives.size())
      out.errors.push_back(
          unplaced(quote(path) + " must validate all the schemas (allOf)" + (valid == 0 ? ". None validated" : "")));
    return out;
  }

  const CrdSchema::State& state_;
};

// Embedded objects need apiVersion and kind.
void check_embedded(const Value& value, const Value* schema, const std::string& path, std::vector<FieldError>& out) {
  if (!schema) return;
  if (value.is_list()) {
    for (size_t i = 0; i < value.size(); ++i)
      check_embedded(value[i], schema->find("items"), fmt::format("{}[{}]", path, i), out);
    return;
  }
  if (!value.is_map()) return;
  if (flag(*schema, "x-kubernetes-embedded-resource")) {
    for (const char* name : {"apiVersion", "kind"}) {
      const Value* there = value.find(name);
      std::string at = path + "." + name;
      if (!there) {
        out.push_back({"FieldValueRequired", "Required value", at});
      } else if (!there->is_string()) {
        out.push_back({"FieldValueInvalid", "Invalid value: " + shown(*there) + ": must be a string", at});
      } else if (there->empty()) {
        out.push_back({"FieldValueInvalid", "Invalid value: \"\": must not be empty", at});
      }
    }
  }
  for (const Entry& e : value.entries()) {
    const Value* known = property(*schema, e.key());
    std::string at = path.empty() ? e.name.str() : path + "." + e.name.str();
    if (!known) at = fmt::format("{}[{}]", path, e.key());
    check_embedded(e.value, known ? known : additional(*schema), at, out);
  }
}

// Items of sets and of lists of type map that are there twice; each is reported once.
void check_unique(const Value& list, const Value& schema, const std::string& path, std::vector<FieldError>& out) {
  std::string_view kind = schema["x-kubernetes-list-type"].as_string();
  if (kind != "set" && kind != "map") return;
  std::vector<Value> keys;
  for (size_t i = 0; i < list.size(); ++i) {
    Value key = list[i];
    if (kind == "map") {
      if (!key.is_map() && !key.is_null()) {
        out.push_back({"FieldValueInvalid",
                       "Invalid value: " + shown(key) + ": must be an object for an array of list-type map",
                       fmt::format("{}[{}]", path, i)});
        return;
      }
      Value fields = Value::map();
      for (const Value& name : schema["x-kubernetes-list-map-keys"].items())
        if (const Value* field = key.find(name.as_string())) fields.set(name.as_string(), *field);
      key = std::move(fields);
    }
    if (std::count(keys.begin(), keys.end(), key) == 1)
      out.push_back({"FieldValueDuplicate", "Duplicate value: " + shown(key), fmt::format("{}[{}]", path, i)});
    keys.push_back(std::move(key));
  }
}

void check_lists(const Value& value, const Value* schema, const std::string& path, std::vector<FieldError>& out) {
  if (!schema) return;
  if (value.is_list()) {
    check_unique(value, *schema, path, out);
    for (size_t i = 0; i < value.size(); ++i)
      check_lists(value[i], schema->find("items"), fmt::format("{}[{}]", path, i), out);
    return;
  }
  for (const Entry& e : value.entries()) {
    if (const Value* more = additional(*schema); more && !property(*schema, e.key()))
      check_lists(e.value, more, fmt::format("{}[{}]", path, e.key()), out);
    if (const Value* known = property(*schema, e.key()))
      check_lists(e.value, known, path.empty() ? e.name.str() : path + "." + e.name.str(), out);
  }
}

std::vector<FieldError> duplicates(const Value& object, const Value& schema, const std::string& path) {
  std::vector<FieldError> out;
  check_lists(object, &schema, path, out);
  return out;
}

}  // namespace

std::vector<FieldError> CrdSchema::validate(const Value& object, const Value* old) const {
  const Value& schema = state_->schema;
  std::vector<FieldError> out = Validator(*state_).check(object, schema, "", old).errors;
  check_embedded(object, &schema, "", out);
  if (old && !duplicates(*old, schema, "").empty()) return out;
  for (FieldError& error : duplicates(object, schema, "")) out.push_back(std::move(error));
  return out;
}

std::vector<FieldError> CrdSchema::validate_status(const Value& status, const Value* old) const {
  const Value* schema = property(state_->schema, "status");
  if (!schema) return {};
  std::vector<FieldError> out = Validator(*state_).check(status, *schema, "status", old).errors;
  if (old && !duplicates(*old, *schema, "status").empty()) return out;
  for (FieldError& error : duplicates(status, *schema, "status")) out.push_back(std::move(error));
  return out;
}

}  // namespace taut::schema
