// The cluster as the simulated controllers see it: the same admission, versions, conflicts and watch events that
// a client over HTTP gets, without HTTP.
//
// Threads: every method may be called from any thread, also from within a watch callback. A write returns after
// it is committed and its events are queued. Callbacks of one Client run on one thread of the sandbox (the
// dispatcher), one at a time, in the order of the commits; they must not block for long: hand work to a queue.
// A Subscription's destructor waits for a running callback of that subscription, so never destroy one inside it.
// Values are shared and immutable; keeping them costs nothing.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hh"
#include "object/id.hh"
#include "value/value.hh"

namespace taut::sandbox {

enum class ChangeType : uint8_t { kAdded, kModified, kDeleted };

struct Change {
  ChangeType type;
  Value object;  // the state after; for kDeleted the last state, with the resourceVersion of the deletion
  Value old;     // the state before; null for kAdded
};

// Ends the watch when destroyed.
class Subscription {
 public:
  virtual ~Subscription() = default;
};

struct RemoveOptions {
  std::string propagation = "Background";  // "Foreground", "Orphan"
  std::string uid;                         // precondition; "" for none
  // Seconds of grace for a pod; 0 removes it at once, which is what a kubelet asks for when the containers have
  // stopped. Negative: the object's own grace period.
  int64_t grace_seconds = -1;
};

class Client {
 public:
  virtual ~Client() = default;

  // kNotFound as the server words it. `ns` is "" for cluster-scoped kinds.
  virtual Result<Value> get(const Gvk& gvk, std::string_view ns, std::string_view name) = 0;
  // All objects of a kind, in the order of namespace and name; ns "" means all namespaces. O(n), shares values.
  virtual Result<std::vector<Value>> list(const Gvk& gvk, std::string_view ns) = 0;
  // A core/v1 Binding is carried out, not stored: it gives the pod of its name the target's node and PodScheduled.
  virtual Result<Value> create(const Value& object) = 0;
  // Fails with kConflict when the object carries a resourceVersion that is not the present one. An update that
  // changes nothing writes nothing and returns the present object.
  virtual Result<Value> update(const Value& object) = 0;
  virtual Result<Value> update_status(const Value& object) = 0;
  // A JSON merge patch (RFC 7386); `subresource` is "", "status", "scale", or "finalize" of a Namespace (the only way to
  // change its spec.finalizers).
  virtual Result<Value> patch(const Gvk& gvk, std::string_view ns, std::string_view name, const Value& merge_patch,
                              std::string_view subresource) = 0;
  virtual Result<void> remove(const Gvk& gvk, std::string_view ns, std::string_view name,
                              const RemoveOptions& options) = 0;

  // Calls back with every object there is (as kAdded) and then with every change, without a gap. A kind that is
  // not served yet (a CRD to come) is watched from the moment it is.
  virtual std::unique_ptr<Subscription> watch(std::vector<Gvk> kinds, std::function<void(const Change&)> callback) = 0;

  // A core/v1 Event about `involved`, folded into an existing one (count, lastTimestamp) when it is the same
  // again. `type` is "Normal" or "Warning", `component` the reporting controller ("deployment-controller").
  virtual void record_event(const Value& involved, std::string_view type, std::string_view reason,
                            std::string_view message, std::string_view component) = 0;

  // Appends one line to the log of a container of a pod, stamped with the present time, for GET pods/N/log.
  // Logs go with their pod and are bounded per container; the oldest lines are dropped.
  virtual void append_log(std::string_view ns, std::string_view pod, std::string_view container,
                          std::string_view line) = 0;
};

// A Client whose writes carry this manager name in managedFields ("kube-controller-manager", "kubelet").
// The Sandbox makes them; see server.hh.
using ClientPtr = std::shared_ptr<Client>;

}  // namespace taut::sandbox
