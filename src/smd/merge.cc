#include "smd/index.hh"
#include "smd/typed.hh"

namespace taut::smd {
namespace {

using schema::Relation;
using schema::Scalar;
using schema::Type;

const Value* as_list(const Value* v) { return v && v->is_list() ? v : nullptr; }
const Value* as_map(const Value* v) { return v && v->is_map() ? v : nullptr; }
bool empty(const Value* v) { return !v || v->empty(); }

bool fits(const Value* value, Scalar scalar) {
  if (!value || value->is_null()) return true;
  switch (scalar) {
    case Scalar::kNumeric: return value->is_number();
    case Scalar::kString: return value->is_string();
    case Scalar::kBoolean: return value->is_bool();
    default: return !value->is_list() && !value->is_map();
  }
}

class Merger {
 public:
  std::optional<Value> merge(const Value* left, const Value* right, const Type& type) {
    // What only one side has, or both have alike, is shared as it is.
    if (!right || (left && left->same(*right))) return *left;
    if (!left) return *right;
    Shape left_shape = shape_of(type, left), right_shape = shape_of(type, right);
    if (left_shape != right_shape) by_shape(left_shape, left, right, type);  // for its errors only
    return by_shape(right_shape, left, right, type);
  }

  Problems take() { return std::move(problems_); }

 private:
  std::optional<Value> by_shape(Shape shape, const Value* left, const Value* right, const Type& type) {
    switch (shape) {
      case Shape::kMap: return merge_map(left, right, type);
      case Shape::kScalar: return merge_scalar(left, right, type);
      case Shape::kList: return merge_list(left, right, type);
      case Shape::kNone: problems_.push_back({to_string(path_), "schema error: invalid atom: inlined"});
    }
    return {};
  }

  static Value keep_right(const Value* left, const Value* right) { return right ? *right : *left; }

  std::optional<Value> merge_scalar(const Value* left, const Value* right, const Type& type) {
    if (left && right && !fits(left, type.scalar) && !fits(right, type.scalar)) {
      problems_.push_back({to_string(path_), "neither side is a scalar of the type"});
      return {};
    }
    return keep_right(left, right);
  }

  std::optional<Value> merge_map(const Value* left, const Value* right, const Type& type) {
    const Value *l = as_map(left), *r = as_map(right);
    // Two empty sides are a leaf, so that empty and null stay apart.
    if (type.map_relation == Relation::kAtomic || (empty(l) && empty(r))) return keep_right(left, right);
    Value out = Value::map();
    out.reserve((l ? l->size() : 0) + (r ? r->size() : 0));
    auto a = l ? l->entries() : std::span<const Entry>(), b = r ? r->entries() : std::span<const Entry>();
    size_t i = 0, j = 0;
    while (i < a.size() || j < b.size()) {
      int order = i == a.size() ? 1 : j == b.size() ? -1 : a[i].key().compare(b[j].key());
      const Entry* from_left = order <= 0 ? &a[i++] : nullptr;
      const Entry* from_right = order >= 0 ? &b[j++] : nullptr;
      merge_entry(from_left, from_right, type, out);
    }
    if (out.empty()) return {};
    return out;
  }

  void merge_entry(const Entry* left, const Entry* right, const Type& type, Value& out) {
    const Value& name = left ? left->name : right->name;
    const Type* below = type.child(name.as_string());
    if (!below) {
      problems_.push_back({to_string(path_) + "." + name.str(), "schema error: invalid atom: inlined"});
      return;
    }
    path_.push_back({PathElement::Kind::kField, name});
    auto merged = merge(left ? &left->value : nullptr, right ? &right->value : nullptr, *below);
    path_.pop_back();
    if (merged) out.append_sorted(name, std::move(*merged));
  }

  std::optional<Value> merge_list(const Value* left, const Value* right, const Type& type) {
    const Value *l = as_list(left), *r = as_list(right);
    if (type.list_relation == Relation::kAtomic || (empty(l) && empty(r))) return keep_right(left, right);
    return merge_items(l, r, type);
  }

  struct Indexed {
    std::vector<PathElement> order;
    ElementMap<std::optional<Value>> found;  // null for an item that is there more than once
  };

  bool index(const Value* list, const Type& type, bool allow_duplicates, Indexed& out) {
    for (size_t i = 0; list && i < list->size(); ++i) {
      auto element = item_element(type, (*list)[i]);
      if (!element) {
        problems_.push_back({to_string(path_), fmt::format("element {}: {}", i, element.error().message())});
        return false;
      }
      bool seen = out.found.find(*element) != nullptr;
      if (seen && !allow_duplicates) {
        problems_.push_back({to_string(path_), "duplicate entries for key " + element->to_string()});
        return false;
      }
      out.found[*element] = seen ? Value() : (*list)[i];
      out.order.push_back(std::move(*element));
    }
    return true;
  }

  // Problems inside an item are not reported, as the server does not.
  void merge_item(const Value* left, const Value* right, const Type& type, Value& out) {
    size_t before = problems_.size();
    auto merged = merge(left, right, *type.items);
    problems_.resize(before);
    if (merged) out.push_back(std::move(*merged));
  }

  // Two cursors. Right's order wins for the items that it names; an item that only left has keeps its place
  // before the next item that both have.
  std::optional<Value> merge_items(const Value* left, const Value* right, const Type& type) {
    Indexed l, r;
    bool indexed = index(right, type, false, r);
    if (!index(left, type, true, l) || !indexed) return {};

    std::vector<const PathElement*> common;
    for (const PathElement& element : r.order)
      if (l.found.find(element)) common.push_back(&element);
    size_t next_common = 0;  // of `common`: the one that both cursors are to meet next

    auto value_in = [](Indexed& side, const PathElement& element) -> const Value* {
      auto* found = side.found.find(element);
      return found && *found ? &**found : nullptr;
    };
    ElementMap<bool> done;
    Value out = Value::list();
    size_t i = 0, j = 0;
    while (i < l.order.size() || j < r.order.size()) {
      if (i < l.order.size() && j < r.order.size()) {
        const PathElement& element = l.order[i];
        if (element == r.order[j]) {
          done[element] = true;
          merge_item(value_in(l, element), value_in(r, element), type, out);
          ++i, ++j;
          if (next_common < common.size()) ++next_common;
          continue;
        }
        if (r.found.find(element) && next_common < common.size() && !(*common[next_common] == element)) {
          ++i;  // both have it, but it is not its turn: it comes where right has it
          continue;
        }
      }
      if (i < l.order.size()) {
        const PathElement& element = l.order[i];
        if (!r.found.find(element)) {
          merge_item(&(*left)[i], nullptr, type, out);
          ++i;
          continue;
        }
        if (done.find(element)) ++i;
      }
      if (j < r.order.size()) {
        const PathElement& element = r.order[j];
        done[element] = true;
        merge_item(value_in(l, element), value_in(r, element), type, out);
        ++j;
        if (next_common < common.size() && *common[next_common] == element) ++next_common;
      }
    }
    if (out.empty()) return {};
    return out;
  }

  Path path_;
  Problems problems_;
};

}  // namespace

Merged merge(const Value* left, const Value* right, const Type& type) {
  Merger merger;
  Merged out;
  out.value = merger.merge(left, right, type);
  out.problems = merger.take();
  return out;
}

}  // namespace taut::smd
