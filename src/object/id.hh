// Names of Kubernetes objects and kinds.
#pragma once

#include <compare>
#include <functional>
#include <string>
#include <string_view>

#include "value/value.hh"

namespace taut {

// Group, version and kind; the group of the core API is "".
struct Gvk {
  std::string group;
  std::string version;
  std::string kind;

  // "v1", "apps/v1".
  std::string api_version() const;
  // "apps/v1, Kind=Deployment", as apimachinery prints it ("/v1, Kind=Pod" for the core group).
  std::string to_string() const;
  static Gvk parse(std::string_view api_version, std::string_view kind);
  // Of an object's apiVersion and kind; empty parts where they are missing or not strings.
  static Gvk of(const Value& object);
  auto operator<=>(const Gvk&) const = default;
};

// The identity of an object in one cluster: without a version, since versions are only views of one object.
// `ns` is empty for cluster-scoped objects.
struct ObjectId {
  std::string group;
  std::string kind;
  std::string ns;
  std::string name;

  static ObjectId of(const Value& object);
  // "apps/Deployment/default/web", "/Namespace//web": group/kind/namespace/name.
  std::string to_string() const;
  auto operator<=>(const ObjectId&) const = default;
};

// Short reads of the fields that every object has.
std::string_view name_of(const Value& object);
std::string_view namespace_of(const Value& object);
std::string_view label_of(const Value& object, std::string_view key);
std::string_view annotation_of(const Value& object, std::string_view key);

}  // namespace taut

template <>
struct std::hash<taut::ObjectId> {
  size_t operator()(const taut::ObjectId& id) const noexcept;
};
template <>
struct std::hash<taut::Gvk> {
  size_t operator()(const taut::Gvk& gvk) const noexcept;
};
