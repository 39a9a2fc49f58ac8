// The table of the kinds that a kube-apiserver 1.36 serves by itself, in the order of its discovery documents.
//
// Made by tools/gen_schema.py from Kubernetes' OpenAPI; the data is data/schema/kinds.json. Read once, on the
// first call; safe from many threads afterwards.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace taut::schema {

struct Subresource {
  std::string name;  // "status", "scale"
  // Of the body; the group and version are those of the parent unless said ("autoscaling/v1, Scale").
  std::string group;
  std::string version;
  std::string kind;
  std::vector<std::string> verbs;  // sorted
  bool foreign = false;            // group and version differ from the parent's: discovery prints them then
};

struct KindInfo {
  std::string group;
  std::string version;
  std::string kind;
  std::string plural;
  std::string singular;
  bool namespaced = false;
  std::vector<std::string> verbs;  // sorted; without "get" it is only posted, as the reviews are
  std::vector<std::string> short_names;
  std::vector<std::string> categories;
  std::vector<Subresource> subresources;  // sorted by name

  const Subresource* subresource(std::string_view name) const;
  bool has_verb(std::string_view verb) const;
};

// Groups in discovery order (the preferred version of a group first), resources by plural name.
std::span<const KindInfo> builtin_kinds();

// The row of a kind or of a plural name, or nullptr.
const KindInfo* find_kind(std::string_view group, std::string_view version, std::string_view kind);
const KindInfo* find_resource(std::string_view group, std::string_view version, std::string_view plural);

}  // namespace taut::schema
