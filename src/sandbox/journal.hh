// The state of a sandbox in a SQLite file: the newest revision of each object, and the counter. What was written last is
// in a log beside it ("FILE-log"), as SQLite's own is in "FILE-wal", until there is enough of it for a transaction.
#pragma once

#include <string>

#include "sandbox/cluster.hh"
#include "sandbox/tls_material.hh"

namespace taut::sandbox {

// What clients know the sandbox by. It is kept in the file, so that kubeconfigs and tokens outlive a restart.
struct Identity {
  std::string token;
  TlsMaterial tls;
  std::string signing_key;  // of the tokens of service accounts
};

// Loads what the file holds into the store, and keeps the file up to date from then on: a write is answered only
// when it is in the file. kInvalid for a file that is not a sandbox's.
// `identity` is written to a new file, and replaced by what an older one holds.
Status open_journal(Cluster& cluster, const std::string& path, Identity& identity);

}  // namespace taut::sandbox
