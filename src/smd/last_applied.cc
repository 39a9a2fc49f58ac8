#include "smd/last_applied.hh"

#include "smd/typed.hh"
#include "value/json.hh"

namespace taut::smd {
namespace {

// The server's limit on the annotations of one object, in bytes.
constexpr size_t kMaxAnnotations = 256 * 1024;

size_t annotations_size(const Value& annotations) {
  size_t out = 0;
  for (const Entry& e : annotations.entries()) out += e.key().size() + e.value.size();
  return out;
}

}  // namespace

std::optional<Set> last_applied_fields(const KindInfo& kind, const Value& live) {
  std::string_view text = live["metadata"]["annotations"][kLastAppliedAnnotation].as_string();
  const schema::Type* type = kind.type(kind.api_version);
  if (text.empty() || !type) return {};
  auto applied = parse_json(text);
  if (!applied || (*applied)["apiVersion"].as_string() != kind.api_version) return {};
  if (!validate(live, *type, false).empty() || !validate(*applied, *type, false).empty()) return {};
  Comparison changed = compare(*applied, live, *type);
  if (!changed.problems.empty()) return {};
  return field_set(*applied, *type).without(changed.modified).without(changed.added).without(changed.removed);
}

void refresh_last_applied(Value& object, const Value& config) {
  if (object["metadata"]["annotations"][kLastAppliedAnnotation].as_string().empty()) return;
  Value applied = config;
  if (applied["metadata"]["annotations"].contains(kLastAppliedAnnotation))
    applied.edit("metadata").edit("annotations").erase(kLastAppliedAnnotation);
  // The encoder of unstructured objects ends the text with a newline.
  std::string text = to_json(applied, {.escape_html = true}) + "\n";
  Value& annotations = object.edit("metadata").edit("annotations");
  annotations.set(kLastAppliedAnnotation, text);
  if (annotations_size(annotations) > kMaxAnnotations) annotations.erase(kLastAppliedAnnotation);
}

}  // namespace taut::smd
