#include <algorithm>

#include "smd/typed.hh"

namespace taut::smd {
namespace {

using schema::Relation;
using schema::Type;

// Builds the set of a value from below, in the order of a set, so that nothing has to be searched.
class Collector {
 public:
  // What is below the value goes to `out`; true when the value itself is a leaf.
  static bool visit(const Value& value, const Type& type, Set& out) {
    switch (shape_of(type, &value)) {
      case Shape::kMap: return visit_map(value, type, out);
      case Shape::kList: return visit_list(value, type, out);
      default: return true;
    }
  }

 private:
  static bool visit_map(const Value& value, const Type& type, Set& out) {
    if (type.map_relation == Relation::kAtomic) return true;
    for (const Entry& e : value.entries()) {
      const schema::Field* field = type.field(e.key());
      const Type* below = field ? field->type : type.values;
      if (!below) continue;
      Set inside;
      bool leaf = visit(e.value, *below, inside);
      bool nothing_below = e.value.is_null() || (e.value.is_map() && e.value.empty());
      out.append({PathElement::Kind::kField, e.name}, leaf || nothing_below || !field, std::move(inside));
    }
    return false;
  }

  struct Item {
    PathElement element;
    const Value* value;
    bool operator<(const Item& other) const { return element < other.element; }
  };

  static bool visit_list(const Value& value, const Type& type, Set& out) {
    if (type.list_relation == Relation::kAtomic) return true;
    std::vector<Item> items;
    items.reserve(value.size());
    for (const Value& item : value.items())
      if (auto element = item_element(type, item)) items.push_back({std::move(*element), &item});
    std::stable_sort(items.begin(), items.end());
    for (size_t i = 0, next; i < items.size(); i = next) {
      for (next = i + 1; next < items.size() && items[next].element == items[i].element;) ++next;
      Set inside;
      // Items that are there more than once are owned as a whole.
      if (next == i + 1) visit(*items[i].value, *type.items, inside);
      out.append(std::move(items[i].element), true, std::move(inside));
    }
    return false;
  }
};

// Collects what has become atomic since the set was written.
class Reconciler {
 public:
  void visit(const Set* set, bool atomic, const Type& type) {
    if (type.is_map) return visit_map(set, atomic, type);
    if (type.scalar == schema::Scalar::kNone && type.is_list) visit_list(set, atomic, type);
  }

  Set now_atomic;

 private:
  void visit_map(const Set* set, bool atomic, const Type& type) {
    bool untyped = type.fields.empty() && type.values && type.values->scalar == schema::Scalar::kUntyped;
    if (untyped) return;
    if (!atomic && type.map_relation == Relation::kAtomic) {
      if (set && set->size() > 0) now_atomic.insert(path_);
      return;
    }
    auto child_type = [&](const PathElement& e) {
      return e.kind == PathElement::Kind::kField ? type.child(e.value.as_string()) : type.values;
    };
    if (set) visit_below(*set, child_type);
  }

  void visit_list(const Set* set, bool atomic, const Type& type) {
    if (!atomic && type.list_relation == Relation::kAtomic) return now_atomic.insert(path_);
    if (set) visit_below(*set, [&](const PathElement&) { return type.items; });
  }

  template <class ChildType>
  void visit_below(const Set& set, ChildType child_type) {
    auto step = [&](const PathElement& element, bool member) {
      const Type* type = child_type(element);
      if (!type) return;
      const Set* below = set.below(element);
      path_.push_back(element);
      visit(below, member && !below, *type);
      path_.pop_back();
    };
    for (const auto& child : set.children())
      if (!set.has_member(child.element)) step(child.element, false);
    for (const PathElement& member : set.members()) step(member, true);
  }

  Path path_;
};

}  // namespace

Set field_set(const Value& value, const Type& type) {
  Set out;
  Collector::visit(value, type, out);
  return out;
}

std::optional<Set> reconcile(const Set& set, const Type& type) {
  Reconciler reconciler;
  reconciler.visit(&set, false, type);
  if (reconciler.now_atomic.empty()) return {};
  return set.without_recursively(reconciler.now_atomic).united(reconciler.now_atomic);
}

}  // namespace taut::smd
