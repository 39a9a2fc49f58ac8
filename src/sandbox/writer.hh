// Writing objects: create, update, patch and delete, from decoding to commit, the same for HTTP and for callers in
// process. The order of steps is apiserver's (endpoints/handlers, registry/generic/registry/store.go).
#pragma once

#include <functional>
#include <string>

#include "sandbox/cluster.hh"

namespace taut::sandbox {

struct Written {
  ItemPtr item;  // as stored; for a dry run as it would be
  bool created = false;
  bool deleted = false;  // the write removed the last finalizer of an object that was being deleted
};

// metav1.DeleteOptions, with the query parameters merged in.
struct DeletionOptions {
  std::optional<int64_t> grace_seconds;
  std::optional<bool> orphan_dependents;
  std::string propagation;  // "Background", "Foreground", "Orphan", or ""
  std::string uid;
  std::string resource_version;
  bool dry_run = false;
};

struct Deleted {
  ItemPtr item;           // the object at its end, or marked for deletion
  bool finished = false;  // false: it waits for finalizers or its grace period
};

// What an update makes of the present object, in the version of the resource, decoded and defaulted.
struct Update {
  // `old` is null when there is no object and `may_create` is set.
  std::function<ApiResult<Value>(const Value& old, WriteContext& context)> change;
  std::string subresource;
  bool may_create = false;
  bool owners_done = false;  // metadata.managedFields are already as they shall be (server-side apply)
  // A PUT must carry a resourceVersion for some kinds.
  bool replace = false;
};

class Writer {
 public:
  explicit Writer(Cluster& cluster) : cluster_(cluster) {}

  // `object` is decoded and defaulted in the version of `resource`.
  ApiResult<Written> create(const Resource& resource, std::string_view ns, Value object, WriteContext& context,
                            bool owners_done = false);
  ApiResult<Written> update(const Resource& resource, std::string_view ns, std::string_view name, const Update& update,
                            WriteContext& context);
  ApiResult<Deleted> remove(const Resource& resource, std::string_view ns, std::string_view name,
                            const DeletionOptions& options);

  // Removes an object that has nothing left to wait for. For the life cycle controllers.
  ApiResult<ItemPtr> purge(const StoreKey& key, const ItemPtr& item);

 private:
  ApiResult<Value> prepare_update(const Resource& resource, std::string_view name, const ItemPtr& item,
                                  const Value& old, const Update& update, WriteContext& context);
  ApiResult<void> check_identity(const Resource& resource, std::string_view ns, std::string_view name,
                                 const Value& fresh, const Value& old, const Update& update);
  ApiResult<void> check_update(const Resource& resource, std::string_view name, const Value& fresh, const Value& old,
                               std::string_view subresource, WriteContext& context);
  ApiResult<Written> commit_update(const Resource& resource, const StoreKey& key, const ItemPtr& item, Value fresh,
                                   const WriteContext& context);

  Cluster& cluster_;
};

// Reads DeletionOptions out of a body (null for none) and the query.
ApiResult<DeletionOptions> deletion_options(const Value& body, const class Query& query);

}  // namespace taut::sandbox
