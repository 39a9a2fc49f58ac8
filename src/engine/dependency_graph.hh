// DependencyGraph: which custom resources wait for which others, across kinds and dialects.
#pragma once

#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

namespace taut::engine {

// "Kustomization/flux-system/apps".
std::string dependency_node(std::string_view kind, std::string_view ns, std::string_view name);

// Thread-safe. Whoever sees an object says what it waits for; objects that nobody has told of wait for nothing.
class DependencyGraph {
 public:
  // True when it waited for others before.
  bool set(const std::string& node, std::vector<std::string> needs);
  bool erase(const std::string& node) { return set(node, {}); }
  // A shortest way from a node back to itself: "A -> B -> A"; "" where there is none. An object that waits for a cycle
  // without being part of it is on no way back.
  std::string cycle(const std::string& node) const;

 private:
  mutable std::mutex mutex_;
  std::map<std::string, std::vector<std::string>> needs_;
};

}  // namespace taut::engine
