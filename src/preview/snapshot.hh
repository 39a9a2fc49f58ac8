// Snapshot: the objects of a cluster at one time, read from the cluster or from files, to be tried things on.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "port/cluster.hh"
#include "tree/tree.hh"

namespace taut::preview {

struct Snapshot {
  struct Trouble {
    std::string place;  // a kind, or "file.yaml:12"
    std::string message;
  };
  std::string source;  // for people: "folder dump/", "https://10.0.0.1:6443"
  std::vector<Value> objects;
  std::vector<Trouble> troubles;                  // what could not be read, the rest is there all the same
  std::map<std::string, std::string> left_out;    // kinds that were not asked for, and why
};

struct ReadOptions {
  bool secrets = true;  // false: Secrets are not even asked for
};

// Everything that a cluster serves: by discovery, each kind once, definitions first. Only reads (GET). A kind that
// cannot be listed is a trouble; kinds of aggregated API servers, events and leases are left out. The kinds are
// listed one after the other, so objects that change meanwhile may be from different moments. Fails when the
// cluster does not answer.
Result<Snapshot> read_cluster(Cluster& cluster, const ReadOptions& options);

// Every .yaml, .yml and .json file below a folder: single objects, streams of documents, and lists as `kubectl get
// -o yaml|json` prints them, nested too. A document that is broken or is no Kubernetes object is a trouble. kNotFound
// when there is no such folder.
Result<Snapshot> read_folder(const Tree& tree, const ReadOptions& options);

// The same of one file's text.
void read_text(std::string_view text, const std::string& file, const ReadOptions& options, Snapshot& out);

}  // namespace taut::preview
