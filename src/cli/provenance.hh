// The fields of an object with where each comes from: a line in Git, or somebody in the cluster.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "io/git/blame.hh"
#include "plan/field_owners.hh"
#include "render/field_origins.hh"

namespace taut::cli {

struct FieldStory {
  std::string pointer;
  Value value;                                // as it is: in the cluster, or rendered where no cluster was asked
  std::optional<render::FieldOrigin> origin;  // what Git says of it
  std::optional<git::BlamedLine> commit;      // that last touched that line
  std::vector<plan::FieldOwner> owners;       // who set it in the cluster
  // Whether the value is what Git says; false for a field that is not in Git, and for one that somebody changed.
  bool from_git = false;
};

// Where the files of an object are, and who wrote them.
struct ObjectStory {
  std::string object;       // "Deployment shop/web"
  std::string owner;        // "ReplicaSet web-7d9f": whose part it is, when the one asked about was made by another
  std::string application;  // "argocd/web"; "" when none is known
  std::string repository, revision, path, type;
  std::string note;         // why Git's part is missing
  std::vector<FieldStory> fields;
};

// Joins what was rendered with what is live. Either may be missing; without `live` nobody owns anything. Fields that the
// server keeps for itself (managedFields, uid, resourceVersion, ...) and `status` are left out unless `all`.
std::vector<FieldStory> field_stories(const Value& rendered, const std::vector<render::FieldOrigin>& origins, const Value* live, bool all);

// The fields at or below a field such as "spec.replicas"; kNotFound when there is none.
Result<std::vector<FieldStory>> fields_below(std::vector<FieldStory> fields, const Value& object, const std::string& field);

Value to_value(const ObjectStory& story);
// A tree of the fields, each with its value and source.
std::string to_text(const ObjectStory& story, const Value& object);

}  // namespace taut::cli
