#include "smd/index.hh"
#include "smd/typed.hh"

namespace taut::smd {
namespace {

using schema::Relation;
using schema::Type;

class Collector {
 public:
  explicit Collector(Set& out) : out_(out) {}

  void visit(const Value& value, const Type& type) {
    switch (shape_of(type, &value)) {
      case Shape::kMap: return visit_map(value, type);
      case Shape::kList: return visit_list(value, type);
      default: out_.insert(path_);
    }
  }

 private:
  void visit_map(const Value& value, const Type& type) {
    if (type.map_relation == Relation::kAtomic) return out_.insert(path_);
    for (const Entry& e : value.entries()) {
      const Type* below = type.child(e.key());
      if (!below) continue;
      path_.push_back(PathElement::field(e.key()));
      visit(e.value, *below);
      bool nothing_below = e.value.is_null() || (e.value.is_map() && e.value.empty());
      if (nothing_below || !type.field(e.key())) out_.insert(path_);
      path_.pop_back();
    }
  }

  void visit_list(const Value& value, const Type& type) {
    if (type.list_relation == Relation::kAtomic) return out_.insert(path_);
    ElementMap<int> times;
    for (const Value& item : value.items())
      if (auto element = item_element(type, item)) ++times[*element];
    for (const Value& item : value.items()) {
      auto element = item_element(type, item);
      if (!element) continue;
      bool unique = *times.find(*element) == 1;
      path_.push_back(std::move(*element));
      if (unique) visit(item, *type.items);
      out_.insert(path_);
      path_.pop_back();
    }
  }

  Set& out_;
  Path path_;
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
  Collector(out).visit(value, type);
  return out;
}

std::optional<Set> reconcile(const Set& set, const Type& type) {
  Reconciler reconciler;
  reconciler.visit(&set, false, type);
  if (reconciler.now_atomic.empty()) return {};
  return set.without_recursively(reconciler.now_atomic).united(reconciler.now_atomic);
}

}  // namespace taut::smd
