// From a structural schema to a Type, as kube-openapi's schemaconv does it.
#include <algorithm>

#include "schema/builtin.hh"
#include "schema/crd_state.hh"

namespace taut::schema {
namespace {

class Maker {
 public:
  explicit Maker(std::deque<Type>& types) : types_(types) {}

  // `preserve` is inherited from the schemas around: below a node that keeps unknown fields, all do.
  const Type* make(const Value& schema, bool preserve, bool is_root) {
    Type& type = types_.emplace_back();
    preserve = preserve || flag(schema, "x-kubernetes-preserve-unknown-fields");
    type.preserve_unknown = preserve;
    type.format = schema["format"].str();
    std::string_view json = flag(schema, "x-kubernetes-int-or-string") ? "" : schema["type"].as_string();
    if (json == "integer" || json == "number") {
      scalar(type, json == "integer" ? Json::kInteger : Json::kNumber, Scalar::kNumeric);
    } else if (json == "boolean") {
      scalar(type, Json::kBoolean, Scalar::kBoolean);
    } else if (json == "string") {
      bool plain = type.format.empty() || type.format == "byte";
      scalar(type, Json::kString, plain ? Scalar::kString : Scalar::kUntyped);
    } else if (json == "array") {
      list(type, schema, preserve);
    } else if (json == "object") {
      map(type, schema, preserve, is_root);
    } else {
      any(type, schema, preserve, is_root);
    }
    return &type;
  }

 private:
  static void scalar(Type& type, Json json, Scalar scalar) {
    type.json = json;
    type.scalar = scalar;
  }

  void any(Type& type, const Value& schema, bool preserve, bool is_root) {
    bool int_or_string = flag(schema, "x-kubernetes-int-or-string");
    list(type, schema, preserve);
    map(type, schema, preserve, is_root);
    scalar(type, int_or_string ? Json::kIntOrString : Json::kAny, Scalar::kUntyped);
  }

  void list(Type& type, const Value& schema, bool preserve) {
    type.json = Json::kArray;
    type.is_list = true;
    std::string_view kind = schema["x-kubernetes-list-type"].as_string();
    type.list_relation = kind == "map" || kind == "set" ? Relation::kAssociative : Relation::kAtomic;
    if (kind == "map")
      for (const Value& key : schema["x-kubernetes-list-map-keys"].items()) type.keys.push_back(key.str());
    type.items = schema["items"].is_map() ? make(schema["items"], preserve, false) : &untyped_type();
  }

  void map(Type& type, const Value& schema, bool preserve, bool is_root) {
    type.json = Json::kObject;
    type.is_map = true;
    if (schema["x-kubernetes-map-type"].as_string() == "atomic") type.map_relation = Relation::kAtomic;
    for (const Entry& e : schema["properties"].entries()) add_field(type, e, preserve);
    for (const Value& name : schema["required"].items())
      for (Field& field : type.fields)
        if (field.name == name.as_string()) field.required = true;
    if (is_root || flag(schema, "x-kubernetes-embedded-resource")) add_object_fields(type);

    const Value* more = schema.find("additionalProperties");
    if (more && more->is_map()) {
      type.values = make(*more, preserve, false);
    } else if (more ? more->as_bool() : preserve || type.fields.empty()) {
      type.values = &deduced_type();
    }
  }

  void add_field(Type& type, const Entry& e, bool preserve) {
    Field field;
    field.name = e.name.str();
    field.type = make(e.value, preserve, false);
    field.has_default = e.value.contains("default");
    field.fallback = e.value["default"];
    type.fields.push_back(std::move(field));
  }

  // apiVersion, kind and metadata, as every published schema of an object has them.
  void add_object_fields(Type& type) {
    static const Type* text = [] {
      auto* made = new Type;
      scalar(*made, Json::kString, Scalar::kString);
      return made;
    }();
    for (const char* name : {"apiVersion", "kind"}) put(type, name, text);
    put(type, "metadata", &object_meta_type());
  }

  static void put(Type& type, std::string_view name, const Type* of) {
    auto at = std::lower_bound(type.fields.begin(), type.fields.end(), name,
                               [](const Field& f, std::string_view n) { return f.name < n; });
    if (at == type.fields.end() || at->name != name) at = type.fields.insert(at, Field{std::string(name)});
    at->type = of;
  }

  std::deque<Type>& types_;
};

}  // namespace

const Type* make_type(const Value& schema, bool preserve_unknown, bool is_root, std::deque<Type>& types) {
  return Maker(types).make(schema, preserve_unknown, is_root);
}

}  // namespace taut::schema
