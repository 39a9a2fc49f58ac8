#include "dialect/flux/helm_values.hh"

#include <fmt/format.h>

#include "base/strings.hh"
#include "dialect/flux/source.hh"
#include "helm/strvals.hh"
#include "helm/values_file.hh"
#include "value/json.hh"

namespace taut::flux {
namespace {

struct Reference {
  std::string kind, name, key, path;
  bool optional = false, literal = false;
};

Reference read_reference(const Value& ref) {
  return {ref["kind"].str(), ref["name"].str(), ref["valuesKey"].empty() ? "values.yaml" : ref["valuesKey"].str(),
          ref["targetPath"].str(), ref["optional"].as_bool(), ref["literal"].as_bool()};
}

Failure unresolved(const Reference& ref, const std::string& ns, std::string_view why) {
  return fail(Code::kInvalid, "could not resolve{} {} chart values reference '{}/{}' with key '{}': {}", ref.optional ? " optional" : "",
              ref.kind, ns, ref.name, ref.key, why);
}

// The text under the key; nothing where the reference may lead nowhere.
Result<std::optional<std::string>> text_of(const Reference& ref, const std::string& ns, const FindValues& find) {
  if (ref.kind != "ConfigMap" && ref.kind != "Secret") return unresolved(ref, ns, "unsupported values reference kind");
  auto object = find(ref.kind, ref.name);
  if (!object) {
    if (object.error().code() != Code::kNotFound) return fail(object.error());
    if (ref.optional) return std::nullopt;
    return unresolved(ref, ns, object.error().message());
  }
  Value data = ref.kind == "Secret" ? secret_data(*object) : (*object)["data"];
  const Value* text = data.find(ref.key);
  if (text) return text->str();
  if (ref.optional) return std::nullopt;
  return unresolved(ref, ns, "key not found");
}

std::string escape_literal(std::string_view text) {
  std::string out;
  for (char c : text) {
    if (std::string_view(R"(\,[]{})").find(c) != std::string_view::npos) out += '\\';
    out += c;
  }
  return out;
}

// As --set would; text in quotes, and literal text, as --set-string.
Status set_path(const Reference& ref, std::string text, Value& values) {
  if (ref.literal) return helm::apply_set(ref.path + '=' + escape_literal(text), helm::SetMode::kString, values);
  bool quoted = (text.starts_with('\'') && text.ends_with('\'')) || (text.starts_with('"') && text.ends_with('"'));
  if (!quoted) return helm::apply_set(ref.path + '=' + text, helm::SetMode::kTyped, values);
  size_t begin = text.find_first_not_of("'\""), end = text.find_last_not_of("'\"");
  std::string inside = begin == std::string::npos ? std::string() : text.substr(begin, end + 1 - begin);
  return helm::apply_set(ref.path + '=' + inside, helm::SetMode::kString, values);
}

// What `own` has become by writing into it as a part of a larger value, which is `now`. A list that grew is another one, as
// is one that was written as a whole: `items` tells that the path led to items of lists.
Value written(const Value& own, const Value& now, bool items) {
  if (own.is_map() && now.is_map()) return now;
  if (!own.is_list() || !now.is_list() || !items) return own;
  if (own.items().size() == now.items().size()) return now;
  Value out = own;
  for (size_t i = 0; i < own.items().size() && i < now.items().size(); ++i) out.edit(i) = written(own[i], now[i], items);
  return out;
}

// The library merges without copying: maps and lists of the object's own values that met no map in `before` are parts of
// the merged values, so that a path written into those is written into its own values, too, and outlasts the last merge.
void share(const Value& before, const Value& now, bool items, Value& own) {
  const Value known = own;
  for (const Entry& entry : known.entries()) {
    const Value* there = now.find(entry.key());
    if (there == nullptr || (!entry.value.is_map() && !entry.value.is_list())) continue;
    const Value* was = before.find(entry.key());
    if (was != nullptr && was->is_map() && entry.value.is_map()) share(*was, *there, items, own.edit(entry.key()));
    else own.set(entry.key(), written(entry.value, *there, items));
  }
}

// The parser's message may hold parts of the text.
std::string_view told(const Reference& ref, const Error& error) {
  return ref.kind == "Secret" ? std::string_view("the text cannot be read") : std::string_view(error.message());
}

}  // namespace

Result<Value> compose_values(const Value& spec, const std::string& ns, const FindValues& find) {
  Value own = Value::map();
  if (spec["values"].is_map()) {
    TAUT_ASSIGN(own, helm::read_values(to_json(spec["values"])));
  }
  Value out = Value::map();
  for (const Value& item : spec["valuesFrom"].items()) {
    Reference ref = read_reference(item);
    TAUT_ASSIGN(auto text, text_of(ref, ns, find));
    if (!text) continue;
    if (!ref.path.empty()) {
      // A path is written into all values known so far, those of the object among them.
      Value all = helm::merge_maps(out, own);
      if (auto set = set_path(ref, *text, all); !set) return unresolved(ref, ns, told(ref, set.error()));
      share(out, all, contains(ref.path, "["), own);
      out = std::move(all);
      continue;
    }
    auto values = helm::read_first_values(*text);
    if (!values) return unresolved(ref, ns, told(ref, values.error()));
    out = helm::merge_maps(out, *values);
  }
  return helm::merge_maps(out, own);
}

}  // namespace taut::flux
