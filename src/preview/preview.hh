// preview: what a commit would change, restart, prune and break, tried out on a copy of the cluster.
//
// The copy runs the real thing: the controller syncs the applications at that commit, in waves and with hooks, and the
// sandbox's controllers move the workloads at high speed. What is reported is what happened there.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "controller/controller.hh"
#include "preview/copy.hh"
#include "preview/report.hh"

namespace taut::preview {

struct Request {
  std::string control_namespace = "argocd";
  std::vector<std::string> applications;  // names; empty: all that follow `into`
  std::string repository;                 // only applications of this URL; may be empty if they share one
  std::string into = "HEAD";              // the revision that would be moved by a merge
  std::string revision;                   // the commit that is tried; "" for what applications follow anyway
  TreePtr folder;                         // in place of a commit: the repository's files
  bool standalone = false;                // `folder` is no application's: its objects are applied as they are
  Value directory;                        // of a standalone folder: the source's `directory` block, or null
  std::string ns = "default";             // and where its objects go that name no namespace
  bool prune = false;                     // also where the policy of the application does not
  Duration patience = std::chrono::seconds(30);  // with a sync that does not end
};

// Errors: the request cannot be followed (no such application or revision), a repository cannot be reached, a fault
// in the copy. A commit that cannot be rendered or applied is no error but what the report says.
Result<Report> run(Copy& copy, Repositories& repositories, const Request& request);

}  // namespace taut::preview
