// Orphaned resources of a project: objects in the namespaces of its applications that belong to no application
// (spec.orphanedResources; getResourceTree of controller/appcontroller.go, v3.5).
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "dialect/argo/project.hh"
#include "dialect/argo/settings.hh"
#include "object/id.hh"
#include "value/value.hh"

namespace taut::argo {

// An object as far as it matters here.
struct HeldObject {
  ObjectId id;
  std::string uid;
  std::vector<std::string> owners;  // uids
  std::string application;          // that its mark names, as it stands in marks; empty: none
};

// What the metadata of an object tells. With a key, a label too says whose it is.
HeldObject held_object(const Gvk& gvk, const Value& object, const std::string& label_key = {});
// Claims that StatefulSets made from their templates belong to them, though nothing in them says so.
void adopt_claims(std::vector<HeldObject>& objects, const std::vector<Value>& stateful_sets);

// Where an application's orphans are looked for.
struct OrphanPlace {
  Project project;
  DestinationRef destination;
};

// Whether a project wants a warning about orphans: without `warn` it does.
bool warns_of_orphans(const Value& project);

// How many of some objects, all of one namespace (or of all), are orphans for the applications of one place: what has no owner
// and belongs to no application, is of a kind that the project permits and is not ignored, each with all that it owns in turn.
// The objects are walked once for all of the applications, and must outlive this.
class OrphanCounter {
 public:
  // `exists` says whether there is an application of that name in marks.
  using Exists = std::function<bool(const std::string&)>;
  OrphanCounter(const std::vector<HeldObject>& objects, OrphanPlace place, Exists exists);
  // For the application with this `status.resources`: they are its own before they are marked.
  size_t count(const Value& resources) const;

 private:
  using Counted = std::unordered_set<const HeldObject*>;
  void visit(const HeldObject& object, const std::string& owners_application, Counted& counted) const;

  const OrphanPlace place_;
  const Exists exists_;
  std::unordered_map<std::string_view, std::vector<const HeldObject*>> children_;
  std::unordered_map<ObjectId, const HeldObject*> roots_;  // orphans that nobody owns
  size_t all_ = 0;
};

}  // namespace taut::argo
