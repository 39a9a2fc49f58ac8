// A cluster in memory for the tests of the controllers: objects, versions, finalizers and watch events as the API server
// has them, through the rules of sandbox/kinds; no admission, no HTTP. For tests only; used on one thread.
#pragma once

#include <map>

#include "sandbox/client.hh"
#include "sandbox/workloads/scheduler.hh"

namespace taut::sandbox::workloads {

class FakeCluster {
 public:
  explicit FakeCluster(Scheduler& scheduler) : scheduler_(scheduler) {}

  ClientPtr client();
  // Every event recorded: "Pod p: Scheduled: Successfully assigned ...".
  const std::vector<std::string>& events() const { return events_; }
  // Refuses creates of a kind with this message; "" allows them again.
  void refuse(std::string kind, std::string message) { refused_[std::move(kind)] = std::move(message); }

 private:
  friend class FakeClient;
  using Key = std::tuple<std::string, std::string, std::string, std::string>;  // group, kind, namespace, name
  struct Watch {
    std::vector<Gvk> kinds;
    std::function<void(const Change&)> callback;
  };

  Result<Value> get(const Gvk& gvk, std::string_view ns, std::string_view name) const;
  Result<Value> create(Value object);
  Result<Value> write(Value fresh, std::string_view subresource);
  Result<void> remove(const Gvk& gvk, std::string_view ns, std::string_view name, const RemoveOptions& options);
  Result<Value> bind(const Value& binding);
  void drop(const Key& key);
  void tell(ChangeType type, const Value& object, const Value& old);
  void stamp(Value& object) { object.edit("metadata").set("resourceVersion", std::to_string(++version_)); }

  Scheduler& scheduler_;
  std::map<Key, Value> objects_;
  std::vector<std::shared_ptr<Watch>> watches_;
  std::vector<std::string> events_;
  std::map<std::string, std::string> refused_;
  uint64_t version_ = 0, uids_ = 0;
};

}  // namespace taut::sandbox::workloads
