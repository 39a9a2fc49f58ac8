#include <algorithm>

#include "smd/index.hh"
#include "smd/typed.hh"

namespace taut::smd {
namespace {

using schema::Relation;
using schema::Type;

const Value* as_list(const Value* v) { return v && v->is_list() ? v : nullptr; }
const Value* as_map(const Value* v) { return v && v->is_map() ? v : nullptr; }
bool empty(const Value* v) { return !v || v->empty(); }

class Comparer {
 public:
  explicit Comparer(Comparison& out) : out_(out) {}

  void visit(const Value* left, const Value* right, const Type& type) {
    if (left && right && left->same(*right)) return;
    if (!left && right) return out_.added.insert(path_, whole(*right, type));
    Shape left_shape = shape_of(type, left), right_shape = shape_of(type, right);
    bool leaf = false;
    if (!right) {
      leaf = by_shape(left_shape, left, right, type);
    } else {
      if (left && left_shape != right_shape) by_shape(left_shape, left, right, type);
      leaf = by_shape(right_shape, left, right, type);
    }
    if (leaf) return;
    if (!right) out_.removed.insert(path_);
  }

 private:
  // True when the value was taken as a whole.
  bool by_shape(Shape shape, const Value* left, const Value* right, const Type& type) {
    switch (shape) {
      case Shape::kMap: return visit_map(left, right, type);
      case Shape::kList: return visit_list(left, right, type);
      default: return leaf(left, right);
    }
  }

  bool leaf(const Value* left, const Value* right) {
    if (!left) {
      out_.added.insert(path_);
    } else if (!right) {
      out_.removed.insert(path_);
    } else if (!(*left == *right)) {
      out_.modified.insert(path_);
    }
    return true;
  }

  void descend(PathElement element, const Value* left, const Value* right, const Type& type) {
    path_.push_back(std::move(element));
    visit(left, right, type);
    path_.pop_back();
  }

  bool visit_map(const Value* left, const Value* right, const Type& type) {
    const Value *l = as_map(left), *r = as_map(right);
    if (type.map_relation == Relation::kAtomic || (empty(l) && empty(r))) return leaf(left, right);
    auto a = l ? l->entries() : std::span<const Entry>(), b = r ? r->entries() : std::span<const Entry>();
    size_t i = 0, j = 0;
    while (i < a.size() || j < b.size()) {
      int order = i == a.size() ? 1 : j == b.size() ? -1 : a[i].key().compare(b[j].key());
      const Entry* from_left = order <= 0 ? &a[i++] : nullptr;
      const Entry* from_right = order >= 0 ? &b[j++] : nullptr;
      const Value& name = from_left ? from_left->name : from_right->name;
      if (from_left && from_right && from_left->value.same(from_right->value)) continue;
      if (const Type* below = type.child(name.as_string())) {
        descend({PathElement::Kind::kField, name}, from_left ? &from_left->value : nullptr,
                from_right ? &from_right->value : nullptr, *below);
      } else {
        out_.problems.push_back({to_string(path_) + "." + name.str(), "schema error: invalid atom: inlined"});
      }
    }
    return false;
  }

  bool visit_list(const Value* left, const Value* right, const Type& type) {
    const Value *l = as_list(left), *r = as_list(right);
    if (type.list_relation == Relation::kAtomic || (empty(l) && empty(r))) return leaf(left, right);
    ElementMap<Both> items;
    std::vector<PathElement> order;
    gather(l, type, items, order, &Both::left);
    gather(r, type, items, order, &Both::right);
    for (const PathElement& element : order) compare_items(element, *items.find(element), type);
    return false;
  }

  // What is below a value that was not there, built from below. All of it is added, containers too.
  Set whole(const Value& value, const Type& type) {
    switch (shape_of(type, &value)) {
      case Shape::kMap: return whole_map(value, type);
      case Shape::kList: return whole_list(value, type);
      default: return {};
    }
  }

  Set whole_map(const Value& value, const Type& type) {
    Set out;
    if (type.map_relation == Relation::kAtomic) return out;
    for (const Entry& e : value.entries()) {
      PathElement element{PathElement::Kind::kField, e.name};
      const Type* below = type.child(e.key());
      if (!below) {
        out_.problems.push_back({to_string(path_) + element.to_string(), "schema error: invalid atom: inlined"});
        continue;
      }
      path_.push_back(element);
      Set inside = whole(e.value, *below);
      path_.pop_back();
      out.append(std::move(element), true, std::move(inside));
    }
    return out;
  }

  Set whole_list(const Value& value, const Type& type) {
    Set out;
    if (type.list_relation == Relation::kAtomic) return out;
    std::vector<std::pair<PathElement, const Value*>> items;
    items.reserve(value.size());
    for (size_t i = 0; i < value.size(); ++i) {
      if (auto element = item_element(type, value[i])) items.emplace_back(std::move(*element), &value[i]);
      else out_.problems.push_back({to_string(path_), fmt::format("element {}: {}", i, element.error().message())});
    }
    std::stable_sort(items.begin(), items.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
    for (size_t i = 0, next; i < items.size(); i = next) {
      for (next = i + 1; next < items.size() && items[next].first == items[i].first;) ++next;
      Set inside;
      path_.push_back(items[i].first);
      if (next == i + 1) inside = whole(*items[i].second, *type.items);
      path_.pop_back();
      out.append(std::move(items[i].first), true, std::move(inside));
    }
    return out;
  }

  struct Both {
    std::vector<const Value*> left, right;
  };

  void gather(const Value* list, const Type& type, ElementMap<Both>& items, std::vector<PathElement>& order,
              std::vector<const Value*> Both::*side) {
    for (size_t i = 0; list && i < list->size(); ++i) {
      auto element = item_element(type, (*list)[i]);
      if (!element) {
        out_.problems.push_back({to_string(path_), fmt::format("element {}: {}", i, element.error().message())});
        continue;
      }
      if (!items.find(*element)) order.push_back(*element);
      (items[*element].*side).push_back(&(*list)[i]);
    }
  }

  // Items that are there more than once are compared as a whole; becoming or ceasing to be one marks the item.
  void compare_items(const PathElement& element, const Both& both, const Type& type) {
    const auto& [left, right] = both;
    const Type& below = *type.items;
    if (left.size() <= 1 && right.size() <= 1) {
      return descend(element, left.empty() ? nullptr : left[0], right.empty() ? nullptr : right[0], below);
    }
    Set* mark = nullptr;
    if (left.size() >= 2 && right.size() >= 2) {
      auto same = [](const Value* a, const Value* b) { return *a == *b; };
      if (!std::equal(left.begin(), left.end(), right.begin(), right.end(), same)) mark = &out_.modified;
    } else if (left.size() >= 2) {
      if (!right.empty()) descend(element, nullptr, right[0], below);
      mark = &out_.removed;
    } else {
      if (!left.empty()) descend(element, left[0], nullptr, below);
      mark = &out_.added;
    }
    if (!mark) return;
    path_.push_back(element);
    mark->insert(path_);
    path_.pop_back();
  }

  Comparison& out_;
  Path path_;
};

}  // namespace

Comparison compare(const Value& left, const Value& right, const Type& type) {
  Comparison out;
  Comparer(out).visit(&left, &right, type);
  return out;
}

}  // namespace taut::smd
