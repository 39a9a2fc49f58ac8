// The state of a sandbox in a SQLite file: the newest revision of each object, and the counter.
#pragma once

#include <string>

#include "sandbox/cluster.hh"

namespace taut::sandbox {

// Loads what the file holds into the store, and keeps the file up to date from then on: a write is answered only
// when it is in the file. kInvalid for a file that is not a sandbox's.
Status open_journal(Cluster& cluster, const std::string& path);

}  // namespace taut::sandbox
