// Orphaned resources, looked for now and then: nothing is watched for them, only listed, and only for projects that ask.
#pragma once

#include <memory>
#include <set>
#include <string>
#include <vector>

#include "dialect/argo/orphans.hh"
#include "engine/unit.hh"
#include "port/cluster.hh"

namespace taut::controller {

// What is to be counted in one cluster.
struct OrphanSearch {
  struct Item {
    engine::UnitKey unit;
    argo::OrphanPlace place;
    Value resources;  // status.resources of the Application
  };
  std::vector<Item> items;
  std::shared_ptr<const std::set<std::string>> applications;  // by their names in marks
  std::string label_key;                                      // that marks objects too, where it does
  std::shared_ptr<const argo::ResourceFilter> filter;         // null: no kind is left out but events
};

struct OrphanCount {
  engine::UnitKey unit;
  size_t count = 0;
};

// Lists the kinds of the namespaces that the items go to, metadata only, one after the other; blocks. Kinds that may not be
// listed are left out; another failure is the error.
Result<std::vector<OrphanCount>> count_orphans(Cluster& cluster, const OrphanSearch& search);

}  // namespace taut::controller
