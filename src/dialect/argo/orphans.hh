// Orphaned resources of a project: objects in the namespaces of its applications that belong to no application
// (spec.orphanedResources; getResourceTree of controller/appcontroller.go, v3.5).
#pragma once

#include <functional>
#include <string>
#include <string_view>
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

struct OrphanQuestion {
  Project project;
  DestinationRef destination;
  Value resources;  // status.resources of the Application: its own
};

// Whether a project wants a warning about orphans: without `warn` it does.
bool warns_of_orphans(const Value& project);

// How many of `objects`, all of one namespace (or of all), are orphans for an application: what has no owner and belongs to no
// application, is of a kind that the project permits and is not ignored, each with all that it owns in turn. `exists` says
// whether there is an application of that name in marks.
size_t count_orphans(const std::vector<HeldObject>& objects, const OrphanQuestion& question, const std::function<bool(const std::string&)>& exists);

}  // namespace taut::argo
