#include "schema/crd.hh"

#include <algorithm>

#include "schema/crd_state.hh"

namespace taut::schema {
namespace {

// Compiles every pattern of the schema once.
Status compile_patterns(const Value& node, std::map<std::string, std::unique_ptr<re2::RE2>, std::less<>>& out) {
  for (const Value& item : node.items()) TAUT_TRY(compile_patterns(item, out));
  for (const Entry& e : node.entries()) {
    bool is_pattern = e.key() == "pattern" && e.value.is_string();
    if (!is_pattern) {
      TAUT_TRY(compile_patterns(e.value, out));
      continue;
    }
    auto& compiled = out[e.value.str()];
    if (compiled) continue;
    compiled = std::make_unique<re2::RE2>(e.value.str(), re2::RE2::Quiet);
    if (!compiled->ok()) return fail(Code::kInvalid, "error parsing regexp: {}", compiled->error());
  }
  return {};
}

// Changes each entry or item of a container through `change(value, key or index)`; sharing what stays the same.
template <class Change>
void for_each_child(Value& container, Change change) {
  if (container.is_list()) {
    for (size_t i = 0; i < container.size(); ++i) {
      Value child = container[i];
      change(child, std::string_view(), i);
      if (!child.same(container[i])) container.edit(i) = std::move(child);
    }
    return;
  }
  std::vector<std::string> keys;
  for (const Entry& e : container.entries()) keys.push_back(e.name.str());
  for (const std::string& key : keys) {
    Value child = container[key];
    change(child, key, 0);
    if (!child.same(container[key])) container.set(key, std::move(child));
  }
}

class Pruner {
 public:
  explicit Pruner(std::vector<std::string>* pruned) : pruned_(pruned) {}

  // `schema` null: nothing below is known. `embedded`: the value is an object with its own metadata.
  void prune(Value& value, const Value* schema, bool embedded) {
    if (schema && flag(*schema, "x-kubernetes-preserve-unknown-fields")) return keep(value, *schema, embedded);
    if (value.is_list()) return items(value, schema ? schema->find("items") : nullptr);
    if (!value.is_map()) return;
    std::vector<std::string> keys;
    for (const Entry& e : value.entries()) keys.push_back(e.name.str());
    for (const std::string& key : keys) prune_field(value, key, schema, embedded);
  }

 private:
  void prune_field(Value& map, const std::string& key, const Value* schema, bool embedded) {
    if (embedded && is_meta_field(key)) return;
    const Value* known = schema ? property(*schema, key) : nullptr;
    if (!known && schema) known = additional(*schema);
    bool anything = schema && (*schema)["additionalProperties"].as_bool();
    // `additionalProperties: true` lets a key stand, but knows nothing of what is below it.
    if (known || anything) return descend(map, key, known);
    if (pruned_ && (!is_meta_field(key) || !path_.empty())) pruned_->push_back(below(key));
    map.erase(key);
  }

  // Where unknown fields are kept, the known ones are still pruned inside.
  void keep(Value& value, const Value& schema, bool embedded) {
    if (value.is_list()) {
      const Value* item = schema.find("items");
      for (size_t i = 0; item && i < value.size(); ++i) {
        Value child = value[i];
        with_path(path_ + fmt::format("[{}]", i),
                  [&] { keep(child, *item, flag(*item, "x-kubernetes-embedded-resource")); });
        if (!child.same(value[i])) value.edit(i) = std::move(child);
      }
      return;
    }
    if (!value.is_map()) return;
    std::vector<std::string> keys;
    for (const Entry& e : value.entries()) keys.push_back(e.name.str());
    for (const std::string& key : keys) {
      if (embedded && is_meta_field(key)) continue;
      const Value* known = property(schema, key);
      if (!known) known = additional(schema);
      if (known) descend(value, key, known);
    }
  }

  void items(Value& list, const Value* schema) {
    for (size_t i = 0; i < list.size(); ++i) {
      Value child = list[i];
      with_path(path_ + fmt::format("[{}]", i), [&] {
        prune(child, schema, schema && flag(*schema, "x-kubernetes-embedded-resource"));
      });
      if (!child.same(list[i])) list.edit(i) = std::move(child);
    }
  }

  void descend(Value& map, const std::string& key, const Value* schema) {
    Value child = map[key];
    bool embedded = schema && flag(*schema, "x-kubernetes-embedded-resource");
    with_path(below(key), [&] { prune(child, schema, embedded); });
    if (!child.same(map[key])) map.set(key, std::move(child));
  }

  std::string below(const std::string& key) const { return path_.empty() ? key : path_ + "." + key; }

  template <class Work>
  void with_path(std::string path, Work work) {
    std::swap(path, path_);
    work();
    std::swap(path, path_);
  }

  std::vector<std::string>* pruned_;
  std::string path_;
};

bool refused_null(const Value& value, const Value* schema) {
  return value.is_null() && schema && !flag(*schema, "nullable");
}

const Value* schema_of_field(const Value* schema, std::string_view key) {
  if (!schema) return nullptr;
  const Value* known = property(*schema, key);
  return known ? known : additional(*schema);
}

void drop_nulls_in(Value& value, const Value* schema) {
  if (value.is_list()) {
    const Value* item = schema ? schema->find("items") : nullptr;
    return for_each_child(value, [&](Value& child, std::string_view, size_t) { drop_nulls_in(child, item); });
  }
  if (!value.is_map()) return;
  std::vector<std::string> gone;
  for (const Entry& e : value.entries()) {
    const Value* known = schema_of_field(schema, e.key());
    if (refused_null(e.value, known) && (*known)["default"].is_null()) gone.push_back(e.name.str());
  }
  for (const std::string& key : gone) value.erase(key);
  for_each_child(value, [&](Value& child, std::string_view key, size_t) {
    drop_nulls_in(child, schema_of_field(schema, key));
  });
}

void default_in(Value& value, const Value& schema) {
  if (value.is_list()) {
    const Value* item = schema.find("items");
    if (!item) return;
    return for_each_child(value, [&](Value& child, std::string_view, size_t) {
      if (refused_null(child, item)) child = (*item)["default"];
      default_in(child, *item);
    });
  }
  if (!value.is_map()) return;
  for (const Entry& e : schema["properties"].entries()) {
    const Value& fallback = e.value["default"];
    const Value* present = value.find(e.key());
    if (!fallback.is_null() && (!present || refused_null(*present, &e.value))) value.set(e.key(), fallback);
  }
  for_each_child(value, [&](Value& child, std::string_view key, size_t) {
    if (const Value* known = property(schema, key)) return default_in(child, *known);
    const Value* more = additional(schema);
    if (!more) return;
    if (refused_null(child, more)) child = (*more)["default"];
    default_in(child, *more);
  });
}

}  // namespace

Result<CrdSchema> CrdSchema::compile(const Value& schema, bool preserve_unknown_fields) {
  auto state = std::make_shared<State>();
  state->schema = schema;
  state->preserve_unknown = preserve_unknown_fields;
  TAUT_TRY(compile_patterns(schema, state->patterns));
  state->type = schema.is_map() ? make_type(state->schema, preserve_unknown_fields, true, state->types)
                                : &deduced_type();
  CrdSchema out;
  out.state_ = std::move(state);
  return out;
}

const Type& CrdSchema::type() const { return *state_->type; }
const Value& CrdSchema::source() const { return state_->schema; }

void CrdSchema::prune(Value& object, std::vector<std::string>* pruned) const {
  if (state_->preserve_unknown) return;
  Pruner(pruned).prune(object, state_->schema.is_map() ? &state_->schema : nullptr, true);
  if (pruned) std::sort(pruned->begin(), pruned->end());
}

void CrdSchema::drop_nulls(Value& object) const {
  if (!state_->preserve_unknown) drop_nulls_in(object, &state_->schema);
}

void CrdSchema::apply_defaults(Value& object) const { default_in(object, state_->schema); }

}  // namespace taut::schema
