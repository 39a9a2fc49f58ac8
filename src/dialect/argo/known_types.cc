#include "dialect/argo/known_types.hh"

#include <span>

#include "base/strings.hh"
#include "base/time.hh"
#include "object/id.hh"
#include "object/quantity.hh"
#include "sandbox/kinds/shapes.hh"
#include "value/go_text.hh"
#include "value/json.hh"

namespace taut::argo {
namespace {

constexpr std::string_view kQuantity = "core/Quantity";
constexpr std::string_view kDuration = "meta/v1/Duration";
constexpr std::string_view kResourceList = "core/v1/ResourceList";

// "core/v1/PodSpec" in the table of Go types.
const sandbox::GoType* struct_of(std::string_view type) {
  if (!type.starts_with("core/v1/")) return nullptr;
  return sandbox::go_type("core/v1." + std::string(type.substr(std::string_view("core/v1/").size())));
}

Result<Value> quantity(const Value& value) {
  if (value.is_null()) return Value("0");
  std::string text = value.is_string() ? std::string(trim(value.as_string())) : to_json(value);
  TAUT_ASSIGN(std::string stored, stored_quantity(text, false));
  return Value(stored);
}

Result<Value> duration(const Value& value) {
  if (!value.is_string())
    return fail(Code::kInvalid, "json: cannot unmarshal {} into Go value of type string", go_json_kind(value));
  TAUT_ASSIGN(auto parsed, read_go_duration(value.as_string()));
  return Value(format_go_duration(parsed));
}

// What Go makes of a value of this type when it reads and writes it.
Result<Value> through_go(const Value& value, std::string_view type) {
  bool scalar = type == kQuantity || type == kDuration;
  if (!scalar && !value.is_map() && !value.is_null())
    return fail(Code::kInvalid, "json: cannot unmarshal {} into Go value of type v1.{}", go_json_kind(value), type.substr(type.rfind('/') + 1));
  if (type == kQuantity) return quantity(value);
  if (type == kDuration) return duration(value);
  if (type == kResourceList) {
    Value out = Value::map();
    for (const Entry& entry : value.entries()) {
      TAUT_ASSIGN(Value amount, quantity(entry.value));
      out.append_sorted(entry.name, std::move(amount));
    }
    return out;
  }
  return sandbox::kinds::decode(*struct_of(type), value.is_null() ? Value::map() : value, nullptr);
}

// Follows the path; a list on the way is followed in each of its maps, and nothing else is.
Status apply_at(Value& node, std::span<const std::string> path, std::string_view type) {
  Value* at = &node;
  for (size_t i = 0; i < path.size(); ++i) {
    if (!at->is_map() || !at->contains(path[i])) return {};
    at = &at->edit(path[i]);
    if (!at->is_list()) continue;
    for (size_t j = 0; j < at->size(); ++j) {
      if (!(*at)[j].is_map()) continue;
      if (i + 1 < path.size()) {
        TAUT_TRY(apply_at(at->edit(j), path.subspan(i + 1), type));
      } else {
        TAUT_ASSIGN(Value item, through_go((*at)[j], type));
        at->edit(j) = std::move(item);
      }
    }
    return {};
  }
  TAUT_ASSIGN(Value value, through_go(*at, type));
  *at = std::move(value);
  return {};
}

}  // namespace

Status KnownTypes::add(std::string_view group, std::string_view kind, std::string_view field, std::string_view type) {
  bool known = type == kQuantity || type == kDuration || type == kResourceList || struct_of(type);
  if (!known) return fail(Code::kInvalid, "type '{}' is not supported", type);
  Field out{{}, std::string(type)};
  for (std::string_view part : split(field, '.')) out.path.emplace_back(part);
  kinds_[{std::string(group), std::string(kind)}].push_back(std::move(out));
  return {};
}

Status KnownTypes::apply(Value& object) const {
  static const std::vector<std::string> kRolloutTemplate = {"spec", "template", "spec"};
  Gvk gvk = Gvk::of(object);
  auto fields = kinds_.find({gvk.group, gvk.kind});
  if (fields == kinds_.end()) {
    if (gvk.group != "argoproj.io" || gvk.kind != "Rollout") return {};
    return apply_at(object, kRolloutTemplate, "core/v1/PodSpec");
  }
  for (const Field& field : fields->second) TAUT_TRY(apply_at(object, field.path, field.type));
  return {};
}

}  // namespace taut::argo
