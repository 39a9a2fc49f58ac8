// The port to a Kubernetes cluster: what taut asks of an API server, real or sandbox.
//
// Calls block until the answer is there; whoever must not wait calls from a pool. All methods are thread-safe.
// An error keeps the server's cause: `code()` follows the HTTP status (404 not found, 409 conflict or already
// exists by its reason, 403 forbidden, 401 unauthenticated, 422 and 400 invalid, 410 gone, 429 and 5xx
// unavailable, but for a 500 that says that an applied object does not fit its type: invalid; no connection
// unavailable), `message()` is the Status message as the server wrote it.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/result.hh"
#include "object/id.hh"
#include "value/value.hh"

namespace taut {

// One resource that a cluster serves.
struct ApiResource {
  Gvk gvk;
  std::string plural;  // "deployments"
  bool namespaced = true;
  std::vector<std::string> verbs;
  std::vector<std::string> subresources;  // "status", "scale"
  std::vector<std::string> short_names;
  std::vector<std::string> categories;
};

struct Discovery {
  std::string version;  // gitVersion of /version, e.g. "v1.36.1"
  std::vector<ApiResource> resources;  // every served version; the preferred one of a group comes first
  // Groups whose discovery failed, with the reason; their resources are missing above.
  std::vector<std::pair<std::string, std::string>> failed;

  // The resource of this exact kind, or nullptr.
  const ApiResource* find(const Gvk& gvk) const;
  // The preferred version of a group and kind, or nullptr.
  const ApiResource* find(std::string_view group, std::string_view kind) const;
};

// One object by kind and name; `ns` empty for cluster-scoped kinds.
struct ObjectRef {
  Gvk gvk;
  std::string ns;
  std::string name;
};

struct ListOptions {
  std::string ns;  // empty: all namespaces
  std::string label_selector;
  std::string field_selector;
  bool metadata_only = false;  // of a list: nothing is wanted but apiVersion, kind and metadata
};

struct ObjectList {
  std::vector<Value> items;  // apiVersion and kind filled in
  std::string resource_version;
};

enum class WriteVerb { kApply, kCreate, kUpdate, kMergePatch, kJsonPatch, kStrategicPatch };

struct WriteRequest {
  WriteVerb verb = WriteVerb::kApply;
  ObjectRef ref;  // name empty with kCreate and generateName
  Value body;     // the object, or the patch
  std::string subresource;  // "status", "scale"
  std::string field_manager = "taut";
  bool force = false;    // with kApply: take fields over on conflict
  bool dry_run = false;
  std::string field_validation;  // "", "Strict", "Warn", "Ignore"
};

struct WriteResult {
  Value object;
  bool created = false;                // 201
  std::vector<std::string> warnings;   // Warning headers
};

struct DeleteOptions {
  std::string propagation = "Background";  // "Foreground", "Orphan"
  std::string uid;  // precondition when not empty
  bool dry_run = false;
};

struct WatchEvent {
  enum class Type {
    kAdded,     // also each object of the first list
    kModified,
    kDeleted,
    kSynced,    // the first list is complete; `object` is null. Comes again after a relist and after kFailed
    kFailed,    // the watch is down and will be tried again; `error` says why
  };
  Type type;
  Value object;
  std::optional<Error> error;
};

// Keeps a list and watch going until it is destroyed, which also waits for a running handler to return.
class Watch {
 public:
  virtual ~Watch() = default;
};

class Cluster {
 public:
  using WatchHandler = std::function<void(WatchEvent)>;

  virtual ~Cluster() = default;
  virtual Result<Discovery> discover() = 0;
  virtual Result<Value> get(const ObjectRef& ref) = 0;
  virtual Result<ObjectList> list(const Gvk& gvk, const ListOptions& options) = 0;
  virtual Result<WriteResult> write(const WriteRequest& request) = 0;
  // The deleted object, or the Status the server answered.
  virtual Result<Value> remove(const ObjectRef& ref, const DeleteOptions& options) = 0;
  // Lists, then watches with resume, bookmarks and relist on 410; objects that vanished between two lists are
  // reported as kDeleted with their last known state, objects that did not change are not reported again. kFailed
  // comes once an outage, and kSynced when it is over. The handler is called from one thread at a time.
  virtual std::unique_ptr<Watch> watch(const Gvk& gvk, const ListOptions& options, WatchHandler handler) = 0;
};

}  // namespace taut
