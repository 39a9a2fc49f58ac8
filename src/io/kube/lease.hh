// One leader among many, by a coordination.k8s.io Lease, with the rules of client-go's leaderelection.
//
// Clocks of different machines are never compared: a holder is taken for gone when its record has not changed for
// its lease duration on our own clock. The caller brings the time and calls `try_acquire` every `retry_period` or
// so.
#pragma once

#include "base/time.hh"
#include "port/cluster.hh"

namespace taut::kube {

struct LeaseOptions {
  std::string ns, name;
  std::string identity;  // unique to this process
  std::chrono::seconds duration{15};
  std::chrono::seconds renew_deadline{10};  // a leader that has not renewed for so long must stop leading
  std::chrono::seconds retry_period{2};
};

class Lease {
 public:
  Lease(Cluster& cluster, LeaseOptions options) : cluster_(cluster), options_(std::move(options)) {}

  // Takes the lease if it is free, expired or ours, or renews it. True when it is ours afterwards; false when
  // another holds it or was quicker. An error says that the cluster could not be asked, so nothing is known; `held`
  // counts.
  Result<bool> try_acquire(Time now);
  // True while we may act as the leader: renewed, and not longer ago than the renew deadline.
  bool held(Time now) const { return renewed_ && now < *renewed_ + options_.renew_deadline; }
  // Lets another take it at once. Nothing happens when it is not ours.
  Status release(Time now);

  // Who held it when we last looked; "" when nobody or unknown.
  const std::string& holder() const { return holder_; }

 private:
  ObjectRef ref() const;
  void observe(const Value& spec, Time now);
  Value spec_for(const Value& live, Time now) const;
  Result<bool> settle(Result<WriteResult> written, Time now);

  Cluster& cluster_;
  const LeaseOptions options_;
  Value seen_;      // the spec as last observed
  Time seen_at_{};  // and when it last changed, on our clock
  std::string holder_;
  std::optional<Time> renewed_;
};

}  // namespace taut::kube
