#include "dialect/argo/tracking.hh"

#include <fmt/format.h>

#include "base/strings.hh"
#include "object/id.hh"

namespace taut::argo {

std::string instance_name(std::string_view ns, std::string_view name, std::string_view control_namespace) {
  if (ns == control_namespace || ns.empty()) return std::string(name);
  return fmt::format("{}_{}", ns, name);
}

// A cluster-scoped object carries the destination's namespace in its mark.
Value AnnotationOwnership::mark(Value object, const engine::UnitSpec& unit) const {
  ObjectId id = ObjectId::of(object);
  const std::string& ns = id.ns.empty() ? unit.destination.ns : id.ns;
  object.edit("metadata").edit("annotations").set(
      kTrackingAnnotation, fmt::format("{}:{}/{}:{}/{}", unit.name, id.group, id.kind, ns, id.name));
  return object;
}

std::optional<std::string> AnnotationOwnership::owner(const Value& object) const {
  std::string_view text = annotation_of(object, kTrackingAnnotation);
  std::string_view app, rest, kind, place;
  if (!cut(text, ":", app, rest) || !cut(rest, ":", kind, place)) return std::nullopt;
  ObjectId id = ObjectId::of(object);
  std::string_view group_part, kind_part, ns_part, name_part;
  if (!cut(kind, "/", group_part, kind_part) || !cut(place, "/", ns_part, name_part)) return std::nullopt;
  bool own = group_part == id.group && kind_part == id.kind && (id.ns.empty() || ns_part == id.ns);
  // A hook with a generated name is marked before it has one.
  bool named = name_part == id.name || name_part.empty();
  if (!own || !named) return std::nullopt;
  return std::string(app);
}

}  // namespace taut::argo
