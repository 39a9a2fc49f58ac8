#include "smd/set.hh"

#include <algorithm>

namespace taut::smd {
namespace {

template <class Elements>
auto position(Elements& elements, const PathElement& wanted) {
  return std::lower_bound(elements.begin(), elements.end(), wanted);
}

template <class Children>
auto child_position(Children& children, const PathElement& wanted) {
  return std::lower_bound(children.begin(), children.end(), wanted,
                          [](const Set::Child& c, const PathElement& e) { return c.element < e; });
}

// Walks two sorted ranges side by side: `left` for what is only in the first, `both`, `right`.
template <class Range, class Less, class Left, class Both, class Right>
void zip(const Range& a, const Range& b, Less less, Left left, Both both, Right right) {
  auto i = a.begin(), j = b.begin();
  while (i != a.end() || j != b.end()) {
    if (j == b.end() || (i != a.end() && less(*i, *j))) {
      left(*i++);
    } else if (i == a.end() || less(*j, *i)) {
      right(*j++);
    } else {
      both(*i++, *j++);
    }
  }
}

bool child_less(const Set::Child& a, const Set::Child& b) { return a.element < b.element; }

std::shared_ptr<Set> shared(Set set) { return std::make_shared<Set>(std::move(set)); }

}  // namespace

Set Set::of(std::initializer_list<std::initializer_list<std::string_view>> paths) {
  Set out;
  for (auto names : paths) {
    Path path;
    for (std::string_view name : names) path.push_back(PathElement::field(name));
    out.insert(path);
  }
  return out;
}

void Set::insert(const PathElement* path, size_t length) {
  if (length == 0) return;
  Set* set = this;
  for (; length > 1; ++path, --length) set = &set->descend(*path);
  auto at = position(set->members_, *path);
  if (at == set->members_.end() || !(*at == *path)) set->members_.insert(at, *path);
}

void Set::insert(const Path& path, Set below) {
  if (path.empty()) return;
  insert(path.data(), path.size());
  if (below.members_.empty() && below.children_.empty()) return;
  Set* set = this;
  for (size_t i = 0; i + 1 < path.size(); ++i) set = &set->descend(path[i]);
  set->children_.insert(child_position(set->children_, path.back()), Child{path.back(), shared(std::move(below))});
}

void Set::append(PathElement element, bool member, Set below) {
  if (!below.members_.empty() || !below.children_.empty())
    children_.push_back({element, shared(std::move(below))});
  if (member) members_.push_back(std::move(element));
}

Set& Set::descend(const PathElement& element) {
  auto at = child_position(children_, element);
  if (at == children_.end() || !(at->element == element)) {
    at = children_.insert(at, Child{element, std::make_shared<Set>()});
  } else if (at->set.use_count() > 1) {
    at->set = shared(*at->set);
  }
  return *at->set;
}

bool Set::has_member(const PathElement& element) const {
  auto at = position(members_, element);
  return at != members_.end() && *at == element;
}

const Set* Set::below(const PathElement& element) const {
  auto at = child_position(children_, element);
  return at != children_.end() && at->element == element ? at->set.get() : nullptr;
}

bool Set::has(const Path& path) const {
  if (path.empty()) return false;
  const Set* set = this;
  for (size_t i = 0; i + 1 < path.size() && set; ++i) set = set->below(path[i]);
  return set && set->has_member(path.back());
}

bool Set::empty() const {
  return members_.empty() &&
         std::all_of(children_.begin(), children_.end(), [](const Child& c) { return c.set->empty(); });
}

size_t Set::size() const {
  size_t out = members_.size();
  for (const Child& child : children_) out += child.set->size();
  return out;
}

Set Set::united(const Set& other) const {
  Set out;
  std::set_union(members_.begin(), members_.end(), other.members_.begin(), other.members_.end(),
                 std::back_inserter(out.members_));
  auto keep = [&](const Child& c) { out.children_.push_back(c); };
  auto both = [&](const Child& a, const Child& b) {
    out.children_.push_back({a.element, a.set == b.set ? a.set : shared(a.set->united(*b.set))});
  };
  zip(children_, other.children_, child_less, keep, both, keep);
  return out;
}

Set Set::intersected(const Set& other) const {
  Set out;
  std::set_intersection(members_.begin(), members_.end(), other.members_.begin(), other.members_.end(),
                        std::back_inserter(out.members_));
  auto skip = [](const Child&) {};
  auto both = [&](const Child& a, const Child& b) {
    Set common = a.set->intersected(*b.set);
    if (!common.empty()) out.children_.push_back({a.element, shared(std::move(common))});
  };
  zip(children_, other.children_, child_less, skip, both, skip);
  return out;
}

Set Set::without(const Set& other) const {
  Set out;
  std::set_difference(members_.begin(), members_.end(), other.members_.begin(), other.members_.end(),
                      std::back_inserter(out.members_));
  out.children_ = children_without(other, false);
  return out;
}

Set Set::without_recursively(const Set& other) const {
  Set out;
  std::set_difference(members_.begin(), members_.end(), other.members_.begin(), other.members_.end(),
                      std::back_inserter(out.members_));
  out.children_ = children_without(other, true);
  return out;
}

std::vector<Set::Child> Set::children_without(const Set& other, bool recursively) const {
  std::vector<Child> out;
  auto gone = [&](const Child& c) { return recursively && other.has_member(c.element); };
  auto left = [&](const Child& c) {
    if (!gone(c)) out.push_back(c);
  };
  auto both = [&](const Child& a, const Child& b) {
    if (gone(a)) return;
    Set rest = recursively ? a.set->without_recursively(*b.set) : a.set->without(*b.set);
    if (!rest.empty()) out.push_back({a.element, shared(std::move(rest))});
  };
  zip(children_, other.children_, child_less, left, both, [](const Child&) {});
  return out;
}

Set Set::with_named_fields(const schema::Type& type) const {
  Set out;
  out.members_ = members_;
  for (const Child& child : children_) {
    const PathElement& element = child.element;
    const schema::Type* below = nullptr;
    if (element.kind == PathElement::Kind::kField && type.is_map) {
      below = type.child(element.value.as_string());
      if (type.field(element.value.as_string())) {
        auto at = position(out.members_, element);
        if (at == out.members_.end() || !(*at == element)) out.members_.insert(at, element);
      }
    } else if (element.kind == PathElement::Kind::kKey && type.is_list) {
      below = type.items;
    }
    static const schema::Type nothing;
    out.children_.push_back({element, shared(child.set->with_named_fields(below ? *below : nothing))});
  }
  return out;
}

void Set::for_each(const std::function<void(const Path&)>& visit) const {
  Path prefix;
  for_each(prefix, visit);
}

void Set::for_each(Path& prefix, const std::function<void(const Path&)>& visit) const {
  for (const PathElement& member : members_) {
    prefix.push_back(member);
    visit(prefix);
    prefix.pop_back();
  }
  for (const Child& child : children_) {
    prefix.push_back(child.element);
    child.set->for_each(prefix, visit);
    prefix.pop_back();
  }
}

bool Set::operator==(const Set& other) const {
  auto same = [](const Child& a, const Child& b) {
    return a.element == b.element && (a.set == b.set || *a.set == *b.set);
  };
  return members_ == other.members_ &&
         std::equal(children_.begin(), children_.end(), other.children_.begin(), other.children_.end(), same);
}

}  // namespace taut::smd
