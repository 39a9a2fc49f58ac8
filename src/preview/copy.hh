// Copy: a cluster of one's own that begins as a Snapshot, with the sandbox's controllers moving its workloads.
#pragma once

#include <memory>
#include <string>

#include "base/time.hh"
#include "port/cluster.hh"
#include "preview/snapshot.hh"
#include "preview/state.hh"
#include "sandbox/server.hh"

namespace taut::preview {

struct CopyOptions {
  std::string image_faults;  // file naming images that fail; "" for none
  double speed = 1000;       // how much faster than in life the controllers move things
};

class Copy {
 public:
  // Secrets stay whole, in memory: a plan needs to compare them. Nothing is written to disk, and what listens does so
  // on loopback for the holder of a token that is never shown.
  static Result<std::unique_ptr<Copy>> start(Snapshot snapshot, const CopyOptions& options);
  virtual ~Copy() = default;

  virtual std::shared_ptr<Cluster> cluster() = 0;
  virtual const sandbox::ImportReport& imported() const = 0;
  virtual const std::string& source() const = 0;

  // Waits until the copy is at rest: nothing was written for a while, or no workload is on its way any more (what
  // fails is tried again and again), or `patience` is over; true unless it is the last.
  virtual Result<bool> settle(Duration patience) = 0;
};

}  // namespace taut::preview
