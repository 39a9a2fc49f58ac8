// What a commit would do to a cluster, as a value; and that value for people and programs.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "object/id.hh"
#include "plan/plan.hh"
#include "value/value.hh"

namespace taut::preview {

// One application at the revision that is tried.
struct UnitReport {
  std::string name;
  std::string revision;         // the commit
  plan::Plan plan;              // against the cluster as it was
  bool prunes = false;          // whether its policy, or the request, removes what is no longer wanted
  std::string phase;            // how the sync ended: "Succeeded"; "Running" when it did not
  std::string message;          // of the sync
  std::vector<std::string> warnings;
};

// Pods that give way to new ones.
struct Restart {
  ObjectId workload;
  size_t pods = 0;              // before
  size_t replaced = 0;          // of those
  size_t ready = 0;             // new ones that became ready
  std::vector<std::string> why;  // fields of the pod template: `.spec.containers[name=web].image: "a" -> "b"`
  std::string note;             // "OnDelete: pods keep the old template until they are deleted"
};

struct Removal {
  ObjectId object;
  bool pruned = true;           // false: gone because something else is
  std::string loss;             // what cannot be had back: "its data"
};

// An object that is worse than before, or one that the server refuses.
struct Breakage {
  ObjectId object;
  std::string before;           // a health, "" where it was not there
  std::string after;            // a health, or "Refused"
  std::string sentence;         // why, in plain words
  std::string next_step;
  std::string raw;              // Kubernetes' own word
  std::string seen_on;          // the object that shows it, when it is another
};

struct Report {
  std::string source;           // what the copy was made of
  size_t objects = 0;           // in the copy
  std::string revision;         // what was tried
  std::vector<UnitReport> units;
  std::vector<Restart> restarts;
  std::vector<Removal> removals;
  std::vector<Breakage> broken;
  std::vector<Breakage> broken_before;  // and still
  std::vector<ObjectId> healed;
  std::vector<std::string> notes;       // what the copy cannot tell

  bool breaks() const { return !broken.empty(); }
};

struct TextOptions {
  bool color = false;
};
// For a terminal.
std::string to_text(const Report& report, const TextOptions& options = {});
// For programs; docs/preview.md describes the fields.
Value to_value(const Report& report);
// For a comment on a pull request.
std::string to_markdown(const Report& report);

// "Deployment.apps shop/web".
std::string shown(const ObjectId& id);

}  // namespace taut::preview
