#include "engine/dependency_graph.hh"

#include <fmt/format.h>

#include <deque>

namespace taut::engine {

std::string dependency_node(std::string_view kind, std::string_view ns, std::string_view name) { return fmt::format("{}/{}/{}", kind, ns, name); }

bool DependencyGraph::set(const std::string& node, std::vector<std::string> needs) {
  std::lock_guard lock(mutex_);
  auto it = needs_.find(node);
  if (it == needs_.end() ? needs.empty() : it->second == needs) return false;
  if (needs.empty())
    needs_.erase(it);
  else
    needs_[node] = std::move(needs);
  return true;
}

// Breadth first, so that the way is a shortest one and the same each time.
std::string DependencyGraph::cycle(const std::string& node) const {
  std::lock_guard lock(mutex_);
  std::map<std::string, std::string> reached_from;
  std::deque<std::string> next = {node};
  while (!next.empty()) {
    std::string here = std::move(next.front());
    next.pop_front();
    auto it = needs_.find(here);
    if (it == needs_.end()) continue;
    for (const std::string& needed : it->second) {
      if (!reached_from.try_emplace(needed, here).second) continue;
      next.push_back(needed);
    }
    auto back = reached_from.find(node);
    if (back == reached_from.end()) continue;
    std::string way = node;
    for (const std::string* step = &back->second; *step != node; step = &reached_from[*step]) way = fmt::format("{} -> {}", *step, way);
    return fmt::format("{} -> {}", node, way);
  }
  return {};
}

}  // namespace taut::engine
