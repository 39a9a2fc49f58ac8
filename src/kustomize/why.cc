#include "kustomize/why.hh"

#include <algorithm>

#include "base/strings.hh"
#include "kustomize/field_path.hh"
#include "kustomize/trail.hh"
#include "kustomize/why_field.hh"
#include "object/id.hh"
#include "yaml/spelling.hh"

namespace taut::kustomize {
namespace {

struct Query {
  std::string kind, ns, name;  // empty: any
  std::vector<std::string> path;
};

// Before the colon stand a name, KIND/NAME or KIND/NAMESPACE/NAME. A colon behind a bracket belongs to the field.
Result<Query> parse_query(std::string_view text) {
  Query out;
  size_t colon = text.substr(0, text.find('[')).find(':');
  std::string_view object = colon == std::string_view::npos ? std::string_view() : text.substr(0, colon);
  if (!object.empty()) {
    auto parts = split(object, '/');
    if (parts.size() > 3) return fail(Code::kInvalid, "{} is no object: write KIND/NAME or KIND/NAMESPACE/NAME", object);
    out.name = parts.back();
    if (parts.size() > 1) out.kind = parts.front();
    if (parts.size() == 3) out.ns = parts[1];
    text.remove_prefix(colon + 1);
  }
  TAUT_ASSIGN(out.path, parse_field(text));
  return out;
}

std::string object_text(const Value& object) {
  std::string out(object["kind"].as_string());
  if (!namespace_of(object).empty()) out.append("/").append(namespace_of(object));
  return out.append("/").append(name_of(object));
}

// By its name now or at any step.
bool is_meant(const BuiltResource& resource, const Query& query) {
  if (!query.kind.empty() && to_lower(resource.object["kind"].as_string()) != to_lower(query.kind)) return false;
  if (!query.ns.empty() && namespace_of(resource.object) != query.ns) return false;
  if (query.name.empty() || name_of(resource.object) == query.name) return true;
  for (const Trail* step = resource.trail.get(); step != nullptr; step = step->before.get())
    if (yaml::scalar_text(step->object["metadata"]["name"]) == query.name) return true;
  return false;
}

std::optional<Value> value_at(const Value& object, const std::vector<std::string>& path) {
  auto found = find_field(object, path);
  if (!found || *found == nullptr) return std::nullopt;
  Value value = **found;
  (void)yaml::settle(value);
  return value;
}

bool ever_had(const BuiltResource& resource, const std::vector<std::string>& path) {
  for (const Trail* step = resource.trail.get(); step != nullptr; step = step->before.get())
    if (value_at(step->object, path)) return true;
  return false;
}

Result<const BuiltResource*> select(const Built& built, const Query& query) {
  std::vector<const BuiltResource*> meant, having;
  for (const BuiltResource& resource : built.resources)
    if (is_meant(resource, query)) meant.push_back(&resource);
  if (meant.empty())
    return fail(Code::kNotFound, "no object that is built is called {}", query.kind.empty() ? query.name : query.kind + "/" + query.name);
  for (const BuiltResource* resource : meant)
    if (ever_had(*resource, query.path)) having.push_back(resource);
  if (having.size() == 1) return having.front();
  std::vector<std::string> names;
  for (const BuiltResource* resource : having.empty() ? meant : having) names.push_back(object_text(resource->object));
  if (having.empty())
    return fail(Code::kNotFound, "{} has no field {}, and had none on the way", names.size() == 1 ? names[0] : "no object", field_text(query.path));
  return fail(Error(Code::kInvalid, fmt::format("{} objects have the field {}", names.size(), field_text(query.path)))
                  .with_hint(fmt::format("Name one of them, as in {}:{}", names[0], field_text(query.path).substr(1))));
}

WhyStep describe(const Tree& tree, const Cause& cause, const std::vector<std::string>& path) {
  WhyStep out;
  out.what = cause.what.empty() ? "as written" : cause.what;
  out.file = cause.source.empty() ? cause.file : cause.source;
  out.line = line_of(tree, cause, path);
  return out;
}

}  // namespace

Result<Why> why(const Built& built, const Tree& tree, std::string_view text) {
  TAUT_ASSIGN(Query query, parse_query(text));
  TAUT_ASSIGN(const BuiltResource* resource, select(built, query));
  Why out;
  std::vector<std::string> path = follow_by_name(resource->object, query.path);
  out.object = object_text(resource->object);
  out.field = field_text(query.path);
  out.value = value_at(resource->object, path);
  for (const Trail* step = resource->trail.get(); step != nullptr; step = step->before.get()) {
    auto before = step->before ? value_at(step->before->object, path) : std::nullopt;
    auto after = value_at(step->object, path);
    if (before == after) continue;
    WhyStep change = describe(tree, step->cause, path);
    change.before = std::move(before);
    change.after = std::move(after);
    out.steps.push_back(std::move(change));
  }
  std::reverse(out.steps.begin(), out.steps.end());
  return out;
}

}  // namespace taut::kustomize
