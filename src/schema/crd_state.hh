// Inside of CrdSchema, shared by its source files.
#pragma once

#include <re2/re2.h>

#include <deque>
#include <map>
#include <string>

#include "schema/crd.hh"

namespace taut::schema {

struct CrdSchema::State {
  Value schema;
  bool preserve_unknown = false;
  const Type* type = nullptr;
  std::deque<Type> types;
  std::map<std::string, std::unique_ptr<re2::RE2>, std::less<>> patterns;
};

// Reading a node of a structural schema.
inline bool flag(const Value& schema, std::string_view name) { return schema[name].as_bool(); }
inline const Value* property(const Value& schema, std::string_view name) { return schema["properties"].find(name); }
// The schema of keys that are no property; nullptr when there is none.
inline const Value* additional(const Value& schema) {
  const Value* found = schema.find("additionalProperties");
  return found && found->is_map() ? found : nullptr;
}
inline bool is_meta_field(std::string_view name) {
  return name == "apiVersion" || name == "kind" || name == "metadata";
}

// Builds the Type of a schema and everything below it; what is made is kept in `types`.
const Type* make_type(const Value& schema, bool preserve_unknown, bool is_root, std::deque<Type>& types);

// Whether a text has one of the formats that CRDs may ask for; true for formats that are not known.
bool has_format(std::string_view text, std::string_view format);
bool is_known_format(std::string_view format);

}  // namespace taut::schema
