#include "lang/jsonschema/compiler.hh"

#include <algorithm>
#include <cmath>

#include "base/go_regexp.hh"
#include "base/strings.hh"
#include "base/url.hh"
#include "value/pointer.hh"

namespace taut::jsonschema {

namespace {

uint8_t type_bit(std::string_view name) {
  if (name == "null") return kNullBit;
  if (name == "boolean") return kBooleanBit;
  if (name == "number") return kNumberBit;
  if (name == "integer") return kIntegerBit;
  if (name == "string") return kStringBit;
  if (name == "array") return kArrayBit;
  return name == "object" ? kObjectBit : 0;
}

std::optional<double> number(const Value& schema, std::string_view keyword) {
  const Value& value = schema[keyword];
  return value.is_number() ? std::optional(value.as_double()) : std::nullopt;
}

std::optional<int64_t> integer(const Value& schema, std::string_view keyword) {
  auto value = number(schema, keyword);
  return value && std::floor(*value) == *value ? std::optional(static_cast<int64_t>(*value)) : std::nullopt;
}

std::vector<std::string> texts(const Value& list) {
  std::vector<std::string> out;
  for (const Value& item : list.items()) {
    if (item.is_string()) out.push_back(item.str());
  }
  return out;
}

Address below(const Address& address, std::string_view step) {
  return {address.root, address.pointer + "/" + escape_pointer_step(step)};
}

std::string location(const Address& address) { return address.root->url + "#" + address.pointer; }

}  // namespace

Result<const Node*> Compiler::compile(const Address& address) {
  const std::string key = location(address);
  for (const Library* library = &library_; library; library = library->base_) {
    if (auto it = library->by_address_.find(key); it != library->by_address_.end()) return it->second;
  }
  const Value* schema = find_pointer(address.root->document, address.pointer);
  if (!schema) return fail(Code::kInvalid, "json-pointer in {} not found", quote(key));
  if (depth_ > 1000) return fail(Code::kLimit, "{}: schemas are nested too deeply", key);
  Node& node = library_.nodes_.emplace_back();
  library_.by_address_.emplace(key, &node);
  node.location = key;
  Resource& resource = address.root->resource_at(address.pointer);
  node.resource = &resource;
  node.draft = resource.draft;
  // The base's documents are shared: what is compiled of them here stays here.
  if (resource.pointer == address.pointer && library_.roots_.contains(address.root->url)) resource.node = &node;
  ++depth_;
  TAUT_TRY(fill_dynamic_anchors(address, resource));
  TAUT_TRY(fill(address, *schema, node));
  --depth_;
  return &node;
}

Status Compiler::fill_dynamic_anchors(const Address& address, Resource& resource) {
  if (resource.dynamic_nodes.size() == resource.dynamic_anchors.size()) return {};
  for (const std::string& anchor : resource.dynamic_anchors) {
    if (resource.dynamic_nodes.contains(anchor)) continue;
    resource.dynamic_nodes[anchor] = nullptr;
    TAUT_ASSIGN(resource.dynamic_nodes[anchor], compile({address.root, resource.anchors[anchor]}));
  }
  return {};
}

Status Compiler::fill(const Address& address, const Value& schema, Node& node) {
  if (schema.is_bool()) node.boolean = schema.as_bool();
  if (!schema.is_map()) return {};
  if (schema.empty()) {
    node.boolean = true;
    return {};
  }
  TAUT_TRY(fill_references(address, schema, node));
  // Up to draft 7, a reference stands alone.
  if (node.draft < 2019 && node.ref) return {};
  TAUT_TRY(fill_combinations(address, schema, node));
  TAUT_TRY(fill_object(address, schema, node));
  TAUT_TRY(fill_array(address, schema, node));
  return fill_assertions(address, schema, node);
}

Status Compiler::fill_references(const Address& address, const Value& schema, Node& node) {
  TAUT_TRY(reference(address, schema, "$ref", node.ref));
  if (node.draft == 2019) {
    TAUT_TRY(reference(address, schema, "$recursiveRef", node.recursive_ref));
    node.recursive_anchor = schema["$recursiveAnchor"].as_bool();
  }
  if (node.draft >= 2020) {
    TAUT_TRY(reference(address, schema, "$dynamicRef", node.dynamic_ref));
    std::string_view text = schema["$dynamicRef"].as_string(), before, fragment;
    if (cut(text, "#", before, fragment) && !fragment.starts_with('/')) node.dynamic_ref_anchor = fragment;
    node.dynamic_anchor = schema["$dynamicAnchor"].str();
  }
  return {};
}

Status Compiler::fill_combinations(const Address& address, const Value& schema, Node& node) {
  TAUT_TRY(many(address, schema, "allOf", node.all_of));
  TAUT_TRY(many(address, schema, "anyOf", node.any_of));
  TAUT_TRY(many(address, schema, "oneOf", node.one_of));
  TAUT_TRY(one(address, schema, "not", node.not_));
  if (node.draft < 7) return {};
  TAUT_TRY(one(address, schema, "if", node.if_));
  if (!node.if_) return {};
  TAUT_TRY(one(address, schema, "then", node.then_));
  return one(address, schema, "else", node.else_);
}

Status Compiler::fill_object(const Address& address, const Value& schema, Node& node) {
  TAUT_TRY(named(address, schema, "properties", node.properties));
  Named patterns;
  TAUT_TRY(named(address, schema, "patternProperties", patterns));
  for (auto& [text, child] : patterns) {
    TAUT_ASSIGN(Pattern compiled, pattern(address, "patternProperties", text));
    node.pattern_properties.emplace_back(std::move(compiled), child);
  }
  TAUT_TRY(additional(address, schema, "additionalProperties", node.additional_properties));
  if (node.draft >= 6) TAUT_TRY(one(address, schema, "propertyNames", node.property_names));
  if (node.draft >= 2019) {
    TAUT_TRY(one(address, schema, "unevaluatedProperties", node.unevaluated_properties));
    TAUT_TRY(one(address, schema, "unevaluatedItems", node.unevaluated_items));
  }
  return fill_dependencies(address, schema, node);
}

Status Compiler::fill_dependencies(const Address& address, const Value& schema, Node& node) {
  auto read = [&](std::string_view keyword, std::vector<Dependent>& out) -> Status {
    for (const Entry& entry : schema[keyword].entries()) {
      Dependent& dependent = out.emplace_back();
      dependent.property = entry.name.str();
      dependent.required = texts(entry.value);
      if (entry.value.is_list()) continue;
      TAUT_ASSIGN(dependent.node, compile(below(below(address, keyword), entry.key())));
    }
    return {};
  };
  TAUT_TRY(read("dependencies", node.dependencies));
  if (node.draft < 2019) return {};
  TAUT_TRY(read("dependentSchemas", node.dependent_schemas));
  for (const Entry& entry : schema["dependentRequired"].entries()) {
    if (entry.value.is_list()) node.dependent_required.push_back({entry.name.str(), texts(entry.value), nullptr});
  }
  return {};
}

Status Compiler::fill_array(const Address& address, const Value& schema, Node& node) {
  if (node.draft >= 6) TAUT_TRY(one(address, schema, "contains", node.contains));
  if (node.draft >= 2019 && node.contains) {
    node.min_contains = integer(schema, "minContains");
    node.max_contains = integer(schema, "maxContains");
  }
  if (node.draft >= 2020) {
    TAUT_TRY(many(address, schema, "prefixItems", node.items_list));
    return one(address, schema, "items", node.items);
  }
  if (!schema["items"].is_list()) return one(address, schema, "items", node.items);
  TAUT_TRY(many(address, schema, "items", node.items_list));
  return additional(address, schema, "additionalItems", node.additional_items);
}

Status Compiler::fill_assertions(const Address& address, const Value& schema, Node& node) {
  const Value& type = schema["type"];
  node.types = type_bit(type.as_string());
  for (const std::string& name : texts(type)) node.types |= type_bit(name);
  if (const Value& list = schema["enum"]; list.is_list()) {
    node.enumeration.emplace(list.items().begin(), list.items().end());
  }
  if (node.draft >= 6 && schema.contains("const")) node.constant = schema["const"];
  node.required = texts(schema["required"]);
  node.unique_items = schema["uniqueItems"].as_bool();
  if (const Value& text = schema["pattern"]; text.is_string()) {
    TAUT_ASSIGN(node.pattern, pattern(address, "pattern", text.as_string()));
  }
  if (assert_format_ || node.draft < 2019) node.format = find_format(schema["format"].as_string());
  fill_limits(schema, node);
  return {};
}

void Compiler::fill_limits(const Value& schema, Node& node) {
  node.min_properties = integer(schema, "minProperties");
  node.max_properties = integer(schema, "maxProperties");
  node.min_items = integer(schema, "minItems");
  node.max_items = integer(schema, "maxItems");
  node.min_length = integer(schema, "minLength");
  node.max_length = integer(schema, "maxLength");
  node.multiple_of = number(schema, "multipleOf");
  // In draft 4 the exclusive limits are switches.
  bool exclusive = schema["exclusiveMaximum"].as_bool();
  node.exclusive_maximum = number(schema, exclusive ? "maximum" : "exclusiveMaximum");
  if (!exclusive) node.maximum = number(schema, "maximum");
  exclusive = schema["exclusiveMinimum"].as_bool();
  node.exclusive_minimum = number(schema, exclusive ? "minimum" : "exclusiveMinimum");
  if (!exclusive) node.minimum = number(schema, "minimum");
}

Status Compiler::one(const Address& address, const Value& schema, std::string_view keyword, const Node*& out) {
  if (!schema.contains(keyword)) return {};
  TAUT_ASSIGN(out, compile(below(address, keyword)));
  return {};
}

Status Compiler::many(const Address& address, const Value& schema, std::string_view keyword,
                      std::vector<const Node*>& out) {
  const Address list = below(address, keyword);
  for (size_t i = 0; i < schema[keyword].items().size(); ++i) {
    TAUT_ASSIGN(out.emplace_back(), compile(below(list, std::to_string(i))));
  }
  return {};
}

Status Compiler::named(const Address& address, const Value& schema, std::string_view keyword, Named& out) {
  const Address map = below(address, keyword);
  for (const Entry& entry : schema[keyword].entries()) {
    TAUT_ASSIGN(const Node* node, compile(below(map, entry.key())));
    out.emplace_back(entry.name.str(), node);
  }
  return {};
}

Status Compiler::additional(const Address& address, const Value& schema, std::string_view keyword, Additional& out) {
  if (schema[keyword].is_bool()) {
    out.allowed = schema[keyword].as_bool();
    return {};
  }
  return one(address, schema, keyword, out.node);
}

Status Compiler::reference(const Address& address, const Value& schema, std::string_view keyword, const Node*& out) {
  if (!schema[keyword].is_string()) return {};
  TAUT_ASSIGN(Address target, resolve(address, schema[keyword].as_string()));
  TAUT_ASSIGN(out, compile(target));
  return {};
}

Result<Address> Compiler::resolve(const Address& from, std::string_view reference) {
  const Resource& resource = from.root->resource_at(from.pointer);
  size_t hash = reference.find('#');
  std::string url = join_url(resource.url, reference.substr(0, hash));
  std::string fragment =
      url_decode(hash == std::string_view::npos ? std::string_view() : reference.substr(hash + 1)).value_or("");
  Root* root = from.root;
  const Resource* target = nullptr;
  for (const auto& [pointer, known] : root->resources) {
    if (known.url == url || (pointer.empty() && root->url == url)) target = &known;
  }
  if (!target) {
    root = library_.find_root(url);
    if (!root && url.starts_with("urn:")) {
      // Helm takes a name that nobody resolves for a schema that allows everything.
      TAUT_TRY(library_.add(url, Value(true)));
      root = library_.find_root(url);
    }
    if (!root) {
      return fail(Error(Code::kUnsupported,
                        fmt::format("failing loading {}: references are followed within the schema only", quote(url)))
                      .with_hint("skip the validation of values, or put the schema that it refers to into the file"));
    }
    target = &root->resources[""];
  }
  if (fragment.empty() || fragment[0] == '/') return Address{root, target->pointer + fragment};
  auto anchor = target->anchors.find(fragment);
  if (anchor == target->anchors.end()) {
    return fail(Code::kInvalid, "anchor in {} not found in schema {}", quote(url + "#" + fragment), quote(root->url));
  }
  return Address{root, anchor->second};
}

Result<Pattern> Compiler::pattern(const Address& address, std::string_view keyword, std::string_view text) {
  Pattern out;
  out.text = text;
  auto compiled = compile_go_regexp(text);
  if (!compiled) {
    return fail(Code::kInvalid, "invalid regex {} at {}: {}", quote(text), quote(location(below(address, keyword))),
                compiled.error().message());
  }
  out.compiled = std::move(*compiled);
  return out;
}

Result<const Node*> Library::compile(const std::string& url, const std::string& pointer, bool assert_format) {
  Root* root = find_root(url);
  if (!root) return fail(Code::kNotFound, "there is no schema {}", quote(url));
  return Compiler(*this, assert_format).compile({root, pointer});
}

}  // namespace taut::jsonschema
