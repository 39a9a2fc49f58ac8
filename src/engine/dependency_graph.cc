#include "engine/dependency_graph.hh"

#include <fmt/format.h>

#include <algorithm>
#include <deque>
#include <utility>

#include "base/strings.hh"

namespace taut::engine {

std::string dependency_node(std::string_view kind, std::string_view ns, std::string_view name) { return fmt::format("{}/{}/{}", kind, ns, name); }

void DependencyGraph::set(const std::string& node, std::vector<std::string> needs) {
  std::lock_guard lock(mutex_);
  if (needs.empty())
    needs_.erase(node);
  else
    needs_[node] = std::move(needs);
}

// Breadth first, so that the way is a shortest one and the same each time.
std::vector<std::string> DependencyGraph::cycle(const std::string& node) const {
  std::lock_guard lock(mutex_);
  std::map<std::string, std::string> reached_from;
  std::deque<std::string> next = {node};
  while (!next.empty()) {
    std::string here = std::move(next.front());
    next.pop_front();
    auto it = needs_.find(here);
    if (it == needs_.end()) continue;
    for (const std::string& needed : it->second)
      if (reached_from.try_emplace(needed, here).second) next.push_back(needed);
    auto back = reached_from.find(node);
    if (back == reached_from.end()) continue;
    std::vector<std::string> way;
    for (const std::string* step = &back->second; *step != node; step = &reached_from[*step]) way.push_back(*step);
    way.push_back(node);
    std::ranges::reverse(way);
    return way;
  }
  return {};
}

std::string DependencyGraph::describe_cycle(const std::string& node) const {
  auto way = cycle(node);
  if (way.empty()) return {};
  way.push_back(node);
  return "dependency cycle: " + join(way, " -> ");
}

DependencyView::DependencyView(std::shared_ptr<DependencyGraph> graph) : graph_(std::move(graph)) {
  std::lock_guard lock(graph_->mutex_);
  graph_->views_.insert(this);
}

DependencyView::~DependencyView() {
  std::lock_guard lock(graph_->mutex_);
  graph_->views_.erase(this);
}

void DependencyView::tell_others(const std::set<std::string>& nodes) {
  if (nodes.empty()) return;
  std::lock_guard lock(graph_->mutex_);
  for (DependencyView* view : graph_->views_) {
    if (view == this) continue;
    bool first = view->told_.empty();
    view->told_.insert(nodes.begin(), nodes.end());
    if (first && view->on_told_) view->on_told_();
  }
}

void DependencyView::on_told(std::function<void()> told) {
  std::lock_guard lock(graph_->mutex_);
  on_told_ = std::move(told);
  if (on_told_ && !told_.empty()) on_told_();
}

std::set<std::string> DependencyView::take() {
  std::set<std::string> out;
  {
    std::lock_guard lock(graph_->mutex_);
    out.swap(told_);
  }
  for (const std::string& one : out) {
    if (graph_->cycle(one).empty())
      cyclic_.erase(one);
    else
      cyclic_.insert(one);
  }
  return out;
}

std::set<std::string> DependencyView::set(const std::string& node, std::vector<std::string> needs) {
  auto before = seen_.find(node);
  if (before == seen_.end() ? needs.empty() : before->second == needs) return {};
  graph_->set(node, needs);
  if (needs.empty())
    seen_.erase(node);
  else
    seen_[node] = std::move(needs);
  std::set<std::string> out = std::exchange(cyclic_, {});
  for (std::string& one : graph_->cycle(node)) out.insert(std::move(one));
  for (const std::string& one : out)
    if (!graph_->cycle(one).empty()) cyclic_.insert(one);
  tell_others(out);
  return out;
}

}  // namespace taut::engine
