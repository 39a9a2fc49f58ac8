// DependencyGraph: which custom resources wait for which others, across kinds and dialects.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace taut::engine {

// "Kustomization/flux-system/apps".
std::string dependency_node(std::string_view kind, std::string_view ns, std::string_view name);

class DependencyView;

// Thread-safe. Whoever sees an object says what it waits for; objects that nobody has told of wait for nothing.
class DependencyGraph {
 public:
  void set(const std::string& node, std::vector<std::string> needs);
  // A shortest way from a node back to itself, that node first and not again at the end; empty where there is none. An
  // object that waits for a cycle without being part of it is on no way back.
  std::vector<std::string> cycle(const std::string& node) const;
  // "dependency cycle: A -> B -> A"; "" where there is none.
  std::string describe_cycle(const std::string& node) const;

 private:
  friend class DependencyView;
  mutable std::mutex mutex_;
  std::map<std::string, std::vector<std::string>> needs_;
  std::set<DependencyView*> views_;
};

// What one of those who share a graph has seen of it: each sees changes at a time of its own. Not thread-safe; several may
// be used at once.
class DependencyView {
 public:
  explicit DependencyView(std::shared_ptr<DependencyGraph> graph);
  ~DependencyView();
  DependencyView(const DependencyView&) = delete;
  DependencyView& operator=(const DependencyView&) = delete;

  const DependencyGraph& graph() const { return *graph_; }
  // Says what an object waits for; nothing when it is gone. Returns the nodes that a cycle may have come or gone for.
  std::set<std::string> set(const std::string& node, std::vector<std::string> needs);
  // The nodes for which the others who share the graph may have made or undone a cycle since the last call.
  std::set<std::string> take();
  // `told` is called when there is something to take, from the threads of the others and with the graph's lock held: it must
  // neither block nor touch the graph. After on_told({}) it is called no more. Thread-safe.
  void on_told(std::function<void()> told);

 private:
  void tell_others(const std::set<std::string>& nodes);

  const std::shared_ptr<DependencyGraph> graph_;
  std::set<std::string> told_;  // by others; guarded by the graph's lock, as what follows
  std::function<void()> on_told_;
  std::map<std::string, std::vector<std::string>> seen_;
  std::set<std::string> cyclic_;
};

}  // namespace taut::engine
