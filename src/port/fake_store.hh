// The objects of a FakeCluster and the rules by which they change; knows nothing of watches, faults or threads.
#pragma once

#include <map>
#include <set>

#include "base/time.hh"
#include "port/cluster.hh"
#include "smd/smd.hh"

namespace taut {

struct FakeChange {
  WatchEvent::Type type;
  ObjectId id;
  Value object;
};

class FakeStore {
 public:
  FakeStore();

  Discovery discovery;
  Time now;

  // Each change appends to `changes`, in the order in which a server would store them.
  Result<Value> get(const ObjectRef& ref) const;
  Result<WriteResult> write(const WriteRequest& request, std::vector<FakeChange>& changes);
  Result<Value> remove(const ObjectRef& ref, const DeleteOptions& options, std::vector<FakeChange>& changes);
  // Stores as it is, but for identity; the object's kind must be served.
  Value put(Value object, std::vector<FakeChange>& changes);
  bool erase(const ObjectId& id, std::vector<FakeChange>& changes);

  // The resource of a kind, or kNotFound in kubectl's words.
  Result<const ApiResource*> resource(const Gvk& gvk) const;
  const std::map<ObjectId, Value>& objects() const { return objects_; }
  Value find(const ObjectId& id) const;
  std::string resource_version() const { return std::to_string(version_); }

 private:
  Result<Value> next_object(const WriteRequest& request, const ApiResource& resource, const Value& live) const;
  Status check_new(const WriteRequest& request, const ApiResource& resource) const;
  Result<Value> apply(const WriteRequest& request, const ApiResource& resource, const Value& live) const;
  Result<Value> scaled(const WriteRequest& request, const Value& live) const;
  Value owned(Value object, const Value& live, const ApiResource& resource, const std::string& manager,
              const std::string& subresource) const;
  smd::KindInfo kind_info(const ApiResource& resource, const std::string& subresource) const;
  Value settle(Value next, const Value& live, const ApiResource& resource, const std::string& subresource) const;
  void store(const ObjectId& id, Value next, std::vector<FakeChange>& changes, Value* out = nullptr);
  void take_away(const ObjectId& id, std::vector<FakeChange>& changes);
  void mark_deleted(const ObjectId& id, std::vector<FakeChange>& changes);
  void orphan(const std::string& uid, std::vector<FakeChange>& changes);
  void sweep(std::vector<FakeChange>& changes);
  bool sweep_once(std::vector<FakeChange>& changes);
  void serve_crd(const Value& crd);

  std::map<ObjectId, Value> objects_;
  std::set<std::string> gone_;  // uids of what was taken away
  uint64_t version_ = 1;
  uint64_t next_uid_ = 1;
  uint64_t next_name_ = 1;
};

// The kinds a FakeCluster serves from the start.
std::vector<ApiResource> fake_builtin_resources();

}  // namespace taut
