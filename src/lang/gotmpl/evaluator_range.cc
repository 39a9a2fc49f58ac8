// {{range}}
#include <utility>
#include <vector>

#include "lang/gotmpl/evaluator.hh"
#include "lang/gotmpl/print.hh"

namespace taut::gotmpl {

Evaluator::Flow Evaluator::walk_range(const BranchNode& node, const Value& dot) {
  Value over = pipeline(*node.pipe, dot);
  if (!range_items(node, over) && node.otherwise) return walk_list(*node.otherwise, dot);
  return Flow::kOn;
}

// False if there was nothing to go over.
bool Evaluator::range_items(const BranchNode& node, const Value& over) {
  switch (over.kind()) {
    case Kind::kInvalid:
    case Kind::kNil: return false;
    case Kind::kInt:
    case Kind::kInt64:
    case Kind::kUint8:
    case Kind::kUint64: return range_number(node, over);
    case Kind::kList: return range_list(node, over.list());
    case Kind::kMap: return range_map(node, over.map());
    case Kind::kBytes: {
      std::string_view bytes = over.as_text();
      for (size_t i = 0; i < bytes.size(); ++i) {
        Value item = Value::uint8(static_cast<uint8_t>(bytes[i]));
        if (!iterate(node, Value::integer(static_cast<int64_t>(i)), item)) break;
      }
      return !bytes.empty();
    }
    default: fail_here("range can't iterate over " + to_text(over));
  }
}

bool Evaluator::range_list(const BranchNode& node, const List& list) {
  size_t count = list.size();  // what the body appends is not gone over
  bool boxed = list.type().element == nullptr;
  for (size_t i = 0; i < count; ++i) {
    if (!iterate(node, Value::integer(static_cast<int64_t>(i)), list.at(i).boxed(boxed))) break;
  }
  return count != 0;
}

bool Evaluator::range_map(const BranchNode& node, const Map& map) {
  // The body may change the map; what is gone over is what was there.
  std::vector<std::pair<std::string_view, Value>> entries;
  entries.reserve(map.size());
  for (size_t i = 0; i < map.size(); ++i) entries.emplace_back(map.key(i), map.value(i));
  bool boxed = map.type().element == nullptr;
  for (const auto& [key, value] : entries) {
    if (!iterate(node, Value::text(key), value.boxed(boxed))) break;
  }
  return !entries.empty();
}

bool Evaluator::range_number(const BranchNode& node, const Value& over) {
  if (node.pipe->variables().size() > 1) {
    fail_here("can't use " + to_text(over) + " to iterate over more than one variable");
  }
  bool is_signed = over.is_signed();
  if (is_signed && over.as_int() <= 0) return false;
  for (uint64_t i = 0; i < over.as_uint(); ++i) {
    Value item = over.kind() == Kind::kInt     ? Value::integer(static_cast<int64_t>(i))
                 : over.kind() == Kind::kInt64 ? Value::int64(static_cast<int64_t>(i))
                 : over.kind() == Kind::kUint8 ? Value::uint8(static_cast<uint8_t>(i))
                                               : Value::uint64(i);
    if (!iterate(node, Value(), item)) break;
  }
  return over.as_uint() != 0;
}

// One round; false after a break.
bool Evaluator::iterate(const BranchNode& node, const Value& index, const Value& item) {
  step();
  const auto variables = node.pipe->variables();
  if (variables.size() == 1) assign(*variables[0], item);
  if (variables.size() > 1) {
    assign(*variables[0], index);
    assign(*variables[1], item);
  }
  return walk_list(*node.list, item) != Flow::kBreak;
}

}  // namespace taut::gotmpl
