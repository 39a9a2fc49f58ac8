#include "schema/builtin.hh"

#include <deque>
#include <unordered_map>

#include "base/strings.hh"
#include "embedded/schema_types.hh"
#include "value/json.hh"

namespace taut::schema {
namespace {

PatchRule read_patch(const Value& node) {
  PatchRule out;
  std::string_view strategies = node["ps"].as_string();
  for (std::string_view strategy : split(strategies, ',')) {
    if (strategy == "merge") out.merge = true;
    if (strategy == "replace") out.replace = true;
    if (strategy == "retainKeys") out.retain_keys = true;
  }
  out.merge_key = node["mk"].str();
  return out;
}

Relation list_relation(const Value& node) {
  std::string_view type = node["lt"].as_string();
  return type == "map" || type == "set" ? Relation::kAssociative : Relation::kAtomic;
}

Relation map_relation(const Value& node) {
  return node["mt"].as_string() == "atomic" ? Relation::kAtomic : Relation::kSeparable;
}

// Reads types.json into Types that point at each other.
class Reader {
 public:
  explicit Reader(const Value& table) {
    for (const Entry& e : table["types"].entries()) {
      Type& type = types_.emplace_back();
      type.name = e.name.str();
      defined_[e.key()] = &type;
    }
    for (const Entry& e : table["types"].entries()) fill(*defined_[e.key()], e.value);
    for (auto& [type, origin] : overridden_) complete_override(*type, *origin);
    for (const Entry& e : table["gvks"].entries()) kinds_[e.name.str()] = defined_[e.value.as_string()];
  }

  const Type* kind(const std::string& key) const {
    auto found = kinds_.find(key);
    return found == kinds_.end() ? nullptr : found->second;
  }
  const Type* definition(std::string_view name) const {
    auto found = defined_.find(name);
    return found == defined_.end() ? nullptr : found->second;
  }

 private:
  // The type of a schema in place: the definition that it names, or a new one.
  const Type* type_of(const Value& node) {
    std::string_view ref = node["r"].as_string();
    if (ref.empty()) {
      Type& type = types_.emplace_back();
      fill(type, node);
      return &type;
    }
    const Type* target = defined_[ref];
    if (!node.contains("mt")) return target;
    // The place says otherwise than the definition whether the map is atomic: it needs a type of its own.
    Type& type = types_.emplace_back();
    type.map_relation = map_relation(node);
    overridden_.emplace_back(&type, target);
    return &type;
  }

  static void complete_override(Type& type, const Type& origin) {
    Relation relation = type.map_relation;
    type = origin;
    type.map_relation = relation;
  }

  void fill(Type& type, const Value& node) {
    type.format = node["f"].str();
    std::string_view letter = node["t"].as_string();
    switch (letter.empty() ? '*' : letter[0]) {
      case 's': scalar(type, Json::kString, type.format.empty() || type.format == "byte" ? Scalar::kString : Scalar::kUntyped); break;
      case 'i': scalar(type, Json::kInteger, Scalar::kNumeric); break;
      case 'n': scalar(type, Json::kNumber, Scalar::kNumeric); break;
      case 'b': scalar(type, Json::kBoolean, Scalar::kBoolean); break;
      case 'q': scalar(type, Json::kQuantity, Scalar::kUntyped); break;
      case 'a': list(type, node); type.json = Json::kArray; break;
      case 'o': map(type, node); type.json = Json::kObject; break;
      case 'r': any(type, untyped_type()); break;
      case 'x': any(type, deduced_type()); type.json = Json::kIntOrString; break;
      default: any(type, deduced_type()); break;
    }
  }

  static void scalar(Type& type, Json json, Scalar scalar) {
    type.json = json;
    type.scalar = scalar;
  }

  static void any(Type& type, const Type& like) {
    std::string name = std::move(type.name);
    std::string format = std::move(type.format);
    type = like;
    type.name = std::move(name);
    type.format = std::move(format);
  }

  void list(Type& type, const Value& node) {
    type.is_list = true;
    type.list_relation = list_relation(node);
    for (const Value& key : node["k"].items()) type.keys.push_back(key.str());
    type.items = node.contains("e") ? type_of(node["e"]) : &untyped_type();
  }

  void map(Type& type, const Value& node) {
    type.is_map = true;
    type.map_relation = map_relation(node);
    type.preserve_unknown = node["u"].as_bool();
    for (const Entry& e : node["p"].entries()) type.fields.push_back(read_field(e));
    for (const Value& name : node["req"].items())
      for (Field& field : type.fields)
        if (field.name == name.as_string()) field.required = true;
    if (node.contains("v")) {
      type.values = type_of(node["v"]);
    } else if (type.fields.empty() || type.preserve_unknown) {
      type.values = &deduced_type();
      type.preserve_unknown = true;
    }
  }

  Field read_field(const Entry& e) {
    Field out;
    out.name = e.name.str();
    out.type = type_of(e.value);
    out.has_default = e.value.contains("d");
    out.fallback = e.value["d"];
    out.always = e.value.contains("z");
    out.zero = e.value["z"];
    out.patch = read_patch(e.value);
    return out;
  }

  std::deque<Type> types_;
  std::unordered_map<std::string_view, Type*> defined_;
  std::vector<std::pair<Type*, const Type*>> overridden_;
  std::unordered_map<std::string, const Type*> kinds_;
};

const Reader& builtin() {
  static const Value* table = new Value(parse_json(embedded::schema_types()).value_or(Value()));
  static const Reader* reader = new Reader(*table);
  return *reader;
}

}  // namespace

const Type* builtin_type(std::string_view group, std::string_view version, std::string_view kind) {
  std::string key(group);
  if (!key.empty()) key += '/';
  key.append(version).append("/").append(kind);
  return builtin().kind(key);
}

const Type* builtin_definition(std::string_view name) { return builtin().definition(name); }

const Type& object_meta_type() {
  static const Type* type = builtin_definition("apimachinery.pkg.apis.meta.v1.ObjectMeta");
  return *type;
}

}  // namespace taut::schema
