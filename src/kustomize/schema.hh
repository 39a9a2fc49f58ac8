// What kustomize knows of types: which kinds are cluster-scoped and how lists are merged.
//
// The built-in part is frozen at Kubernetes 1.21.2, as kustomize 5.8.1's is: kinds and fields that came later have no
// schema, and their lists are replaced. A kustomization's `openapi` field brings definitions of its own. Immutable once
// made, thread-safe.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hh"
#include "object/id.hh"
#include "value/value.hh"

namespace taut::kustomize {

struct SchemaNode;

// Type information of one place in an object; nothing is known when it is empty.
class SchemaAt {
 public:
  SchemaAt() = default;
  explicit SchemaAt(const SchemaNode* node, const class Schema* schema) : node_(node), schema_(schema) {}
  explicit operator bool() const { return node_ != nullptr; }
  // Of a field of this map; additionalProperties for maps of any name.
  SchemaAt field(std::string_view name) const;
  // This, or when nothing is known here and the value names its own apiVersion and kind, what is known of those.
  SchemaAt of_object(const Value& object) const;
  // Of the items of this list.
  SchemaAt items() const;
  // x-kubernetes-patch-strategy contains "merge".
  bool merges() const;
  // x-kubernetes-list-map-keys if there are any, else the one x-kubernetes-patch-merge-key; empty for lists of
  // scalars that merge as sets.
  const std::vector<std::string>& keys() const;

 private:
  const SchemaNode* node_ = nullptr;
  const class Schema* schema_ = nullptr;
};

class Schema {
 public:
  static const Schema& builtin();
  // The definitions and paths of an OpenAPI v2 document. They stand in for the built-in ones, as upstream has it: with
  // a document of one's own, the lists of a Deployment merge only if it describes Deployments.
  static Result<std::shared_ptr<const Schema>> with_openapi(const Value& document);

  // Empty when the kind is not known.
  SchemaAt of(const Gvk& gvk) const;
  // Whether the kind is known to be cluster-scoped: kustomize's table of 82 kinds first, then the paths of a custom
  // document.
  bool cluster_scoped(const Gvk& gvk) const;

 private:
  friend class SchemaAt;
  friend class SchemaBuilder;
  struct Data;
  const Data& data() const;
  std::shared_ptr<const Data> data_;  // none: the built-in definitions
};

}  // namespace taut::kustomize
