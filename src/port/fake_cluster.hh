// A Kubernetes cluster in memory, for tests: it has no network, no clock, no threads and no controllers.
//
// It keeps what callers of the port rely on: identity (uid, resourceVersion, generation), optimistic locks, the
// status and scale subresources, server-side apply with managedFields and conflicts, dry-run, writes that change
// nothing, finalizers, owner references and propagation, namespaces and what is in them, kinds that appear with
// their CustomResourceDefinition, and the words of the server's errors. It does not validate and sets no
// defaults; custom resources merge as kinds without a schema do.
//
// Besides the port there is the hand of the test: put and erase (somebody else's edits), fail_next and
// break_watches (faults), calls (what was asked). All methods are thread-safe.
#pragma once

#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>

#include "base/time.hh"
#include "port/cluster.hh"
#include "port/fake_store.hh"

namespace taut {

class FakeCluster : public Cluster {
 public:
  // One call that came through the port.
  struct Call {
    std::string verb;  // "discover", "get", "list", "watch", "delete", "apply", "create", "update", "patch"
    ObjectRef ref;
    WriteRequest write;    // for the writing verbs
    DeleteOptions remove;  // for "delete"
    // "apply Deployment default/web", then " status", " dry-run", " force" where they hold: for comparing logs.
    std::string to_string() const;
  };
  using Matcher = std::function<bool(const Call&)>;

  // Serves the built-in kinds that manifests usually hold, Argo CD's own, and the
  // namespaces "default" and "kube-system".
  FakeCluster();
  ~FakeCluster() override;

  Result<Discovery> discover() override;
  Result<Value> get(const ObjectRef& ref) override;
  Result<ObjectList> list(const Gvk& gvk, const ListOptions& options) override;
  Result<WriteResult> write(const WriteRequest& request) override;
  Result<Value> remove(const ObjectRef& ref, const DeleteOptions& options) override;
  std::unique_ptr<Watch> watch(const Gvk& gvk, const ListOptions& options, WatchHandler handler) override;

  // Kinds. Removing one leaves its objects unseen until it is served again.
  void add_kind(ApiResource resource);
  void remove_kind(const Gvk& gvk);

  // Creates or replaces an object, status and all, as another client with full rights would (field manager "test");
  // makes its namespace and keeps uid, resourceVersion and generation right. Returns what is stored. Throws
  // std::invalid_argument for a kind that is not served.
  Value put(Value object);
  // Changes one field of an object: edit("apps/Deployment/default/web", {"spec", "replicas"}, 3). A null removes.
  void edit(const ObjectId& id, std::initializer_list<std::string_view> path, Value value);
  // Takes an object away at once, finalizers or not. False when it is not there.
  bool erase(const ObjectId& id);
  // The stored object, or null.
  Value object(const ObjectId& id) const;
  std::vector<Value> objects() const;
  bool exists(const ObjectId& id) const { return !object(id).is_null(); }

  // The time written into creationTimestamp and deletionTimestamp (default 2026-01-01T00:00:00Z).
  void set_now(Time now);

  // The next `count` calls that match (all, without a matcher) fail with this error and change nothing.
  void fail_next(size_t count, Error error, Matcher matcher = {});
  // Every call that matches fails until clear_faults.
  void fail_always(Error error, Matcher matcher = {});
  void clear_faults();
  // All watches report kFailed once and hear nothing more; restore_watches lists anew and reports the differences,
  // then kSynced. A watch that began with a fault waits for restore_watches too; one on a kind that is not served
  // begins by itself when its CustomResourceDefinition comes.
  void break_watches(Error error);
  void restore_watches();

  // Synchronous delivery (the default): a handler has run before the call that caused its event returns, but never
  // inside another handler. Stepped: events wait until deliver is called.
  void set_stepped(bool stepped);
  // Delivers at most `limit` waiting events, in order; returns how many.
  size_t deliver(size_t limit = SIZE_MAX);
  size_t waiting_events() const;

  std::vector<Call> calls() const;
  // The calls as text, without discover and watch: what was asked of the cluster, to compare in one look.
  std::vector<std::string> call_log() const;
  void clear_calls();
  size_t watch_count() const;

 private:
  class Subscription;
  struct Pending {
    Subscription* to;
    WatchEvent event;
  };
  struct Fault {
    size_t left;
    Error error;
    Matcher matcher;
  };

  std::optional<Error> note(Call call);  // records the call; the fault that it meets
  void publish(const std::vector<FakeChange>& changes);
  void list_into(Subscription& subscription);
  void flush();
  size_t drain(std::unique_lock<std::mutex>& lock, size_t limit);
  void unsubscribe(Subscription* subscription);

  mutable std::mutex mutex_;
  std::condition_variable idle_;
  FakeStore store_;
  std::vector<Call> calls_;
  std::vector<Fault> faults_;
  std::vector<Subscription*> subscriptions_;
  std::deque<Pending> pending_;
  std::optional<Error> broken_;
  bool stepped_ = false;
  bool draining_ = false;
  std::thread::id drainer_;
  Subscription* running_ = nullptr;
};

}  // namespace taut
