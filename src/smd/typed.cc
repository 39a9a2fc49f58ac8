#include "smd/typed.hh"

#include "base/strings.hh"

namespace taut::smd {
namespace {

Shape own_shape(const schema::Type& type) {
  if (type.is_map) return Shape::kMap;
  if (type.scalar != schema::Scalar::kNone) return Shape::kScalar;
  return type.is_list ? Shape::kList : Shape::kNone;
}

Result<PathElement> keyed_element(const schema::Type& list, const Value& item) {
  if (item.is_null()) return fail(Code::kInvalid, "associative list with keys may not have a null element");
  if (!item.is_map()) return fail(Code::kInvalid, "associative list with keys may not have non-map elements");
  Value key = Value::map();
  for (const std::string& name : list.keys) {
    const schema::Field* field = list.items ? list.items->field(name) : nullptr;
    if (const Value* value = item.find(name)) {
      key.set(name, *value);
    } else if (field && field->has_default) {
      key.set(name, field->fallback);
    }
  }
  if (key.empty()) {
    std::vector<std::string> quoted;
    for (const std::string& name : list.keys) quoted.push_back(quote(name));
    return fail(Code::kInvalid,
                "associative list with keys has an element that omits all key fields [{}] (and doesn't have default "
                "values for any key fields)",
                join(quoted, " "));
  }
  return PathElement::key(std::move(key));
}

}  // namespace

Shape shape_of(const schema::Type& type, const Value* value) {
  if (value) {
    if ((value->is_number() || value->is_string() || value->is_bool()) && type.scalar != schema::Scalar::kNone)
      return Shape::kScalar;
    if (value->is_list() && type.is_list) return Shape::kList;
    if (value->is_map() && type.is_map) return Shape::kMap;
  }
  return own_shape(type);
}

Result<PathElement> item_element(const schema::Type& list, const Value& item) {
  if (list.list_relation != schema::Relation::kAssociative)
    return fail(Code::kInvalid, "invalid indexing of non-associative list");
  if (!list.keys.empty()) return keyed_element(list, item);
  if (item.is_map())
    return fail(Code::kInvalid, "associative list without keys has an element that's a map type");
  if (item.is_list()) return fail(Code::kInvalid, "not supported: associative list with lists as elements");
  if (item.is_null())
    return fail(Code::kInvalid, "associative list without keys has an element that's an explicit null");
  return PathElement::item(item);
}

std::string to_string(const Problems& problems) {
  auto line = [](const Problem& p) { return p.path.empty() ? p.message : p.path + ": " + p.message; };
  if (problems.size() == 1) return line(problems[0]);
  std::string out = "errors:";
  for (const Problem& problem : problems) out += "\n  " + line(problem);
  return out;
}

}  // namespace taut::smd
