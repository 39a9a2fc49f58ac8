// A list and watch that goes on: the informer behind KubeCluster::watch.
//
// It lists, then watches from the list's resourceVersion with bookmarks. A watch that ends or breaks is resumed
// from the last version seen, with no word to the handler when that works at once; 410 makes it list again and
// report the differences. kFailed comes once an outage, when opening or listing failed; kSynced then says that it
// is over. Kept in memory: the last state of each object, shared with whoever else holds it.
#pragma once

#include "port/cluster.hh"

namespace taut::kube {

class KubeCluster;

std::unique_ptr<Watch> start_watch(KubeCluster& cluster, const Gvk& gvk, const ListOptions& options,
                                   Cluster::WatchHandler handler);

}  // namespace taut::kube
