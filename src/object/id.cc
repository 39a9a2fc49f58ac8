#include "object/id.hh"

#include "base/hash.hh"

namespace taut {

std::string Gvk::api_version() const { return group.empty() ? version : group + '/' + version; }

std::string Gvk::to_string() const { return group + '/' + version + ", Kind=" + kind; }

Gvk Gvk::parse(std::string_view api_version, std::string_view kind) {
  size_t slash = api_version.find('/');
  if (slash == std::string_view::npos) return {"", std::string(api_version), std::string(kind)};
  return {std::string(api_version.substr(0, slash)), std::string(api_version.substr(slash + 1)), std::string(kind)};
}

Gvk Gvk::of(const Value& object) {
  return parse(object["apiVersion"].as_string(), object["kind"].as_string());
}

ObjectId ObjectId::of(const Value& object) {
  Gvk gvk = Gvk::of(object);
  return {std::move(gvk.group), std::move(gvk.kind), std::string(namespace_of(object)),
          std::string(name_of(object))};
}

std::string ObjectId::to_string() const { return group + '/' + kind + '/' + ns + '/' + name; }

std::string_view name_of(const Value& object) { return object["metadata"]["name"].as_string(); }

std::string_view namespace_of(const Value& object) { return object["metadata"]["namespace"].as_string(); }

std::string_view label_of(const Value& object, std::string_view key) {
  return object["metadata"]["labels"][key].as_string();
}

std::string_view annotation_of(const Value& object, std::string_view key) {
  return object["metadata"]["annotations"][key].as_string();
}

}  // namespace taut

size_t std::hash<taut::ObjectId>::operator()(const taut::ObjectId& id) const noexcept {
  uint64_t h = taut::mix(taut::hash64(id.group), taut::hash64(id.kind));
  return taut::mix(taut::mix(h, taut::hash64(id.ns)), taut::hash64(id.name));
}

size_t std::hash<taut::Gvk>::operator()(const taut::Gvk& gvk) const noexcept {
  return taut::mix(taut::mix(taut::hash64(gvk.group), taut::hash64(gvk.version)), taut::hash64(gvk.kind));
}
