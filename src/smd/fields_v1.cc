// The FieldsV1 form of a Set: {"f:spec":{".":{},"f:replicas":{}}}. A node without entries is a member, one with
// entries is a member only if it has ".".
#include "smd/set.hh"

namespace taut::smd {
namespace {
constexpr int kMaxDepth = 1000;
}

Value Set::encode() const { return encode_node(false); }

// Elements are mostly in the order of their texts, so that their entries can be appended.
Value Set::encode_node(bool member) const {
  Value out = Value::map();
  if (members_.empty() && children_.empty()) return out;
  out.reserve(members_.size() + children_.size() + 1);
  auto add = [&](const PathElement& element, Value node) {
    std::string name = element.serialize();
    if (out.empty() || out.entries().back().key() < name) out.append_sorted(name, std::move(node));
    else out.set(name, std::move(node));
  };
  if (member) out.append_sorted(".", Value::map());
  auto leaf = members_.begin();
  for (const Child& child : children_) {
    for (; leaf != members_.end() && *leaf < child.element; ++leaf) add(*leaf, Value::map());
    bool both = leaf != members_.end() && *leaf == child.element;
    if (both) ++leaf;
    add(child.element, child.set->encode_node(both));
  }
  for (; leaf != members_.end(); ++leaf) add(*leaf, Value::map());
  return out;
}

Result<Set> Set::decode(const Value& fields_v1) {
  Set out;
  if (fields_v1.is_null()) return out;
  if (!fields_v1.is_map()) return fail(Code::kInvalid, "fieldsV1 is not an object");
  TAUT_TRY(decode_into(fields_v1, out, 0));
  return out;
}

// Fills `out` with what is below the node; true when the node itself is a member.
Result<bool> Set::decode_into(const Value& node, Set& out, int depth) {
  if (depth > kMaxDepth) return fail(Code::kLimit, "fieldsV1 is nested deeper than {}", kMaxDepth);
  bool member = false;
  for (const Entry& e : node.entries()) {
    if (e.key() == ".") {
      member = true;
      continue;
    }
    TAUT_ASSIGN(std::optional<PathElement> element, PathElement::parse(e.key()));
    if (!element) continue;
    if (!e.value.is_map() && !e.value.is_null()) return fail(Code::kInvalid, "{} is not an object", e.key());
    Set below;
    TAUT_ASSIGN(bool below_is_member, decode_into(e.value, below, depth + 1));
    if (below_is_member) out.insert({*element});
    if (!below.members_.empty() || !below.children_.empty()) out.descend(*element) = std::move(below);
  }
  return member || (out.members_.empty() && out.children_.empty());
}

}  // namespace taut::smd
