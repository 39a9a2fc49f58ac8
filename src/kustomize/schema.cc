#include "kustomize/schema.hh"

#include <algorithm>
#include <deque>
#include <memory>
#include <unordered_map>

#include "base/strings.hh"
#include "embedded/kustomize_merge_schema.hh"
#include "kustomize/scopes.hh"
#include "value/json.hh"

namespace taut::kustomize {

// What is known of one place: fields or items, and how a list merges.
struct SchemaNode {
  std::vector<std::pair<std::string, const SchemaNode*>> fields;  // sorted by name
  const SchemaNode* values = nullptr;                             // of a map with any names
  const SchemaNode* items = nullptr;
  std::vector<std::string> keys;
  bool merges = false;
};

struct Schema::Data {
  std::deque<SchemaNode> nodes;
  std::unordered_map<std::string, const SchemaNode*> kinds;  // by "group/version:kind"
  std::unordered_map<std::string, bool> namespaced;          // by the same, from the paths of a document
};

namespace {

constexpr std::string_view kGvkKey = "x-kubernetes-group-version-kind";
constexpr std::string_view kRefPrefix = "#/definitions/";
// References that lead to references; more are a cycle.
constexpr int kMaxReferences = 64;

std::string kind_key(const Gvk& gvk) { return gvk.api_version() + ":" + gvk.kind; }

std::string kind_key(const Value& gvk) {
  return kind_key(Gvk{gvk["group"].str(), gvk["version"].str(), gvk["kind"].str()});
}

std::vector<std::string> strings_of(const Value& list) {
  std::vector<std::string> out;
  for (const Value& item : list.items()) out.push_back(item.str());
  return out;
}

bool has_merge(std::string_view strategy) {
  auto parts = split(strategy, ',');
  return std::find(parts.begin(), parts.end(), "merge") != parts.end();
}

}  // namespace

// Makes nodes from a document with definitions; each definition is one node, so that they may be recursive.
class SchemaBuilder {
 public:
  SchemaBuilder(Schema::Data& data, const Value& definitions) : data_(data), definitions_(definitions) {}

  // The built-in table, data/kustomize/merge_schema.json: a field is the name of its definition, or a map with
  // `items`, `values` and the `keys` of a list that merges.
  void read_table(const Value& kinds) {
    for (const Entry& entry : definitions_.entries())
      for (const Entry& field : entry.value.entries())
        named(entry.key())->fields.emplace_back(field.name.str(), table_field(field.value));
    for (const Entry& entry : kinds.entries()) data_.kinds[entry.name.str()] = named(entry.value.as_string());
  }

  // OpenAPI v2.
  void read_openapi(const Value& paths) {
    for (const Entry& entry : definitions_.entries()) {
      SchemaNode* node = named(entry.key());
      fill(*node, entry.value);
      for (const Value& gvk : entry.value[kGvkKey].items()) data_.kinds[kind_key(gvk)] = node;
    }
    for (const Entry& path : paths.entries()) {
      const Value& gvk = path.value["get"][kGvkKey];
      if (!gvk.is_map()) continue;
      bool namespaced = path.key().find("namespaces/{namespace}") != std::string_view::npos;
      bool& known = data_.namespaced.try_emplace(kind_key(gvk), false).first->second;
      known = known || namespaced;
    }
  }

 private:
  SchemaNode* make() { return &data_.nodes.emplace_back(); }

  SchemaNode* named(std::string_view name) {
    auto [at, fresh] = names_.try_emplace(std::string(name), nullptr);
    if (fresh) at->second = make();
    return at->second;
  }

  const SchemaNode* table_field(const Value& field) {
    if (field.is_string()) return named(field.as_string());
    SchemaNode* node = make();
    if (const Value* items = field.find("items")) node->items = named(items->as_string());
    if (const Value* values = field.find("values")) node->values = named(values->as_string());
    if (const Value* keys = field.find("keys")) {
      node->merges = true;
      node->keys = strings_of(*keys);
    }
    return node;
  }

  // Follows references; nothing when one leads nowhere.
  const SchemaNode* property(const Value& schema) {
    const Value* at = &schema;
    for (int i = 0; i < kMaxReferences; ++i) {
      std::string_view ref = (*at)["$ref"].as_string();
      if (ref.empty()) break;
      if (!ref.starts_with(kRefPrefix)) return nullptr;
      std::string_view name = ref.substr(kRefPrefix.size());
      const Value* target = definitions_.find(name);
      if (target == nullptr) return nullptr;
      if (!target->contains("$ref")) return named(name);
      at = target;
    }
    SchemaNode* node = make();
    fill(*node, *at);
    return node;
  }

  void fill(SchemaNode& node, const Value& schema) {
    for (const Entry& entry : schema["properties"].entries()) {
      if (const SchemaNode* field = property(entry.value)) node.fields.emplace_back(entry.name.str(), field);
    }
    if (schema["additionalProperties"].is_map()) node.values = property(schema["additionalProperties"]);
    const Value& type = schema["type"];
    bool list = type.as_string() == "array" || (type.size() == 1 && type[0].as_string() == "array");
    if (list && schema["items"].is_map()) node.items = property(schema["items"]);
    node.merges = has_merge(schema["x-kubernetes-patch-strategy"].as_string());
    if (const Value* keys = schema.find("x-kubernetes-list-map-keys")) node.keys = strings_of(*keys);
    else if (const Value* key = schema.find("x-kubernetes-patch-merge-key")) node.keys = {key->str()};
  }

  Schema::Data& data_;
  const Value& definitions_;
  std::unordered_map<std::string, SchemaNode*> names_;
};

SchemaAt SchemaAt::field(std::string_view name) const {
  if (node_ == nullptr) return *this;
  auto at = std::lower_bound(node_->fields.begin(), node_->fields.end(), name,
                             [](const auto& field, std::string_view key) { return field.first < key; });
  if (at != node_->fields.end() && at->first == name) return SchemaAt(at->second, schema_);
  return SchemaAt(node_->values, schema_);
}

SchemaAt SchemaAt::items() const { return SchemaAt(node_ ? node_->items : nullptr, schema_); }

bool SchemaAt::merges() const { return node_ != nullptr && node_->merges; }

const std::vector<std::string>& SchemaAt::keys() const {
  static const std::vector<std::string> none;
  return node_ ? node_->keys : none;
}

SchemaAt SchemaAt::of_object(const Value& object) const {
  if (*this || schema_ == nullptr || !object.is_map()) return *this;
  const Value *version = object.find("apiVersion"), *kind = object.find("kind");
  if (version == nullptr || kind == nullptr || version->empty() || kind->empty()) return *this;
  return schema_->of(Gvk::parse(version->as_string(), kind->as_string()));
}

const Schema& Schema::builtin() {
  static const Schema schema;
  return schema;
}

// The built-in table is read when the first patch asks for it.
const Schema::Data& Schema::data() const {
  if (data_) return *data_;
  static const std::shared_ptr<const Data> table = [] {
    auto data = std::make_shared<Data>();
    auto document = parse_json(embedded::kustomize_merge_schema());
    if (document) SchemaBuilder(*data, (*document)["definitions"]).read_table((*document)["kinds"]);
    return data;
  }();
  return *table;
}

Result<std::shared_ptr<const Schema>> Schema::with_openapi(const Value& document) {
  if (!document.is_map()) return fail(Code::kInvalid, "invalid schema file: an OpenAPI document is a map");
  auto data = std::make_shared<Data>();
  SchemaBuilder(*data, document["definitions"]).read_openapi(document["paths"]);
  auto schema = std::make_shared<Schema>();
  schema->data_ = std::move(data);
  return schema;
}

SchemaAt Schema::of(const Gvk& gvk) const {
  const Data& known = data();
  auto at = known.kinds.find(kind_key(gvk));
  return SchemaAt(at == known.kinds.end() ? nullptr : at->second, this);
}

bool Schema::cluster_scoped(const Gvk& gvk) const {
  Scope scope = known_scope(gvk);
  if (scope != Scope::kUnknown || data_ == nullptr) return scope == Scope::kCluster;
  auto at = data_->namespaced.find(kind_key(gvk));
  return at != data_->namespaced.end() && !at->second;
}

}  // namespace taut::kustomize
