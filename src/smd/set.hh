// Set: a set of fields of an object, as a tree of path elements.
//
// Copying is cheap: subsets are shared and copied only when one is changed. Mirrors fieldpath.Set of
// structured-merge-diff v6, and the FieldsV1 form in which managedFields carry it.
#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "base/result.hh"
#include "schema/type.hh"
#include "smd/path.hh"

namespace taut::smd {

class Set {
 public:
  struct Child;

  Set() = default;
  // Paths of plain field names: Set::of({{"metadata", "name"}, {"status"}}).
  static Set of(std::initializer_list<std::initializer_list<std::string_view>> paths);

  // Reads fieldsV1. Elements of an unknown kind are dropped, as the server does; other malformed ones are an error.
  static Result<Set> decode(const Value& fields_v1);
  Value encode() const;

  // Parents are not added. The empty path is ignored: nobody owns the whole object.
  void insert(const Path& path) { insert(path.data(), path.size()); }
  // The same with what is below the path, of which nothing is there yet.
  void insert(const Path& path, Set below);
  // Adds an element that sorts after all others, as a member, with what is below it, or both. Unchecked.
  void append(PathElement element, bool member, Set below);
  bool has(const Path& path) const;
  bool empty() const;
  size_t size() const;  // O(n)

  Set united(const Set& other) const;
  Set intersected(const Set& other) const;
  // Without the members of `other`. A parent does not take its children with it...
  Set without(const Set& other) const;
  // ...but does here.
  Set without_recursively(const Set& other) const;
  // With each struct field that has members below it made a member itself; entries of maps are left alone.
  Set with_named_fields(const schema::Type& type) const;

  bool has_member(const PathElement& element) const;
  // The part below an element, or nullptr.
  const Set* below(const PathElement& element) const;
  const std::vector<PathElement>& members() const { return members_; }
  const std::vector<Child>& children() const { return children_; }

  // Members before what is below, each in order.
  void for_each(const std::function<void(const Path&)>& visit) const;
  bool operator==(const Set& other) const;

 private:
  void insert(const PathElement* path, size_t length);
  Set& descend(const PathElement& element);
  void for_each(Path& prefix, const std::function<void(const Path&)>& visit) const;
  Value encode_node(bool member) const;
  static Result<bool> decode_into(const Value& node, Set& out, int depth);
  std::vector<Child> children_without(const Set& other, bool recursively) const;

  std::vector<PathElement> members_;  // sorted
  std::vector<Child> children_;       // sorted; the sets are never empty after a set operation
};

struct Set::Child {
  PathElement element;
  std::shared_ptr<Set> set;
};

}  // namespace taut::smd
