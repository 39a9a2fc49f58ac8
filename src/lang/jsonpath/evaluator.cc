#include "lang/jsonpath/evaluator.hh"

#include <fmt/format.h>

#include <algorithm>

#include "lang/gotmpl/heap.hh"
#include "lang/jsonpath/compare.hh"
#include "lang/jsonpath/parser.hh"
#include "value/go_text.hh"

namespace taut::jsonpath {
namespace {

// What lies in a map, a list or, byte by byte, a string.
Items children_of(const Value& value) {
  Items out;
  for (const Entry& entry : value.entries()) out.emplace_back(entry.value);
  for (const Value& item : value.items()) out.emplace_back(item);
  for (char c : value.as_string()) out.emplace_back(Value(static_cast<uint64_t>(static_cast<unsigned char>(c))));
  return out;
}

Items alike(size_t count, const Value& value) { return Items(count, Item(value)); }

}  // namespace

void Evaluator::spend(size_t values) {
  if (values > left_) throw gotmpl::LimitPassed{"number of values"};
  left_ -= values;
}

Evaluator::Found Evaluator::failed(Items items, std::string message) {
  return {std::move(items), Error(Code::kInvalid, std::move(message))};
}

Status Evaluator::run(const Item& data, size_t from, std::vector<Items>& out) {
  for (size_t i = from; i < nodes_.size(); ++i) {
    Found found = walk({data}, nodes_[i]);
    if (found.error) return fail(std::move(*found.error));
    if (end_range_ > 0 && end_range_ <= in_range_) {
      --end_range_;
      last_end_ = i;
      return {};
    }
    if (begin_range_ == 0) {
      out.push_back(std::move(found.items));
      continue;
    }
    --begin_range_;
    ++in_range_;
    TAUT_TRY(run_range(found.items, i + 1, out));
    --in_range_;
    // On behind the end of the range; one that has none is gone through once more.
    if (last_end_ != SIZE_MAX && last_end_ > i) i = last_end_;
  }
  return {};
}

Status Evaluator::run_range(const Items& over, size_t from, std::vector<Items>& out) {
  if (in_range_ > 100) return fail(Code::kLimit, "ranges are nested more than 100 deep");
  for (const Item& item : over) {
    const bool null = item && item->is_null();
    TAUT_TRY(run(null ? Item() : item, from, out));
  }
  if (!over.empty()) return {};
  // To see where it ends.
  std::vector<Items> nowhere;
  return run(Item(), from, nowhere);
}

Evaluator::Found Evaluator::walk(Items input, const Node& node) {
  spend(1 + input.size());
  switch (node.type) {
    case NodeType::kList: return list(std::move(input), node);
    case NodeType::kText: return {{Value(node.text)}, {}};
    case NodeType::kField: return field(input, node);
    case NodeType::kArray: return array(input, node);
    case NodeType::kFilter: return filter(input, node);
    case NodeType::kInt: return {alike(input.size(), Value(node.integer)), {}};
    case NodeType::kBool: return {alike(input.size(), Value(node.integer != 0)), {}};
    case NodeType::kFloat: return {alike(input.size(), Value(node.real)), {}};
    case NodeType::kWildcard: return wildcard(input);
    case NodeType::kUnion: return all_of(input, node);
    case NodeType::kIdentifier: return identifier(std::move(input), node);
    case NodeType::kRecursive: break;
  }
  Found out;
  for (const Item& value : input) descend(value, out.items);
  return out;
}

Evaluator::Found Evaluator::list(Items input, const Node& node) {
  Found at{std::move(input), {}};
  for (const Node& next : node.nodes) {
    at = walk(std::move(at.items), next);
    if (at.error) break;
  }
  return at;
}

Evaluator::Found Evaluator::identifier(Items input, const Node& node) {
  if (node.text == "range") {
    ++begin_range_;
    return {std::move(input), {}};
  }
  if (node.text != "end") return failed(std::move(input), "unrecognized identifier " + node.text);
  if (in_range_ == 0) return failed({}, "not in range, nothing to end");
  ++end_range_;
  return {};
}

Evaluator::Found Evaluator::field(const Items& input, const Node& node) {
  Found out;
  if (input.empty()) return out;
  for (const Item& value : input) {
    if (const Value* found = value ? value->find(node.text) : nullptr) out.items.emplace_back(*found);
  }
  if (out.items.empty() && !options_.allow_missing_keys) return failed({}, node.text + " is not found");
  return out;
}

Evaluator::Found Evaluator::array(const Items& input, const Node& node) {
  Found out;
  for (const Item& value : input) {
    if (!value || value->is_null()) continue;
    if (!value->is_list()) return failed(input, fmt::format("{} is not array or slice", go_type(*value)));
    const auto size = static_cast<int64_t>(value->size());
    int64_t start = node.slice[0].known ? node.slice[0].value : 0;
    int64_t end = node.slice[1].known ? node.slice[1].value : size;
    if (start < 0) start += size;
    if (end < 0 || (end == 0 && node.slice[1].derived)) end += size;
    if (start == end) return out;
    auto outside = [&](int64_t index) {
      return failed(input, fmt::format("array index out of bounds: index {}, length {}", index, size));
    };
    if (start >= size || start < 0) return outside(start);
    if (end > size || end < 0) return outside(end - 1);
    if (start > end) return failed(input, fmt::format("starting index {} is greater than ending index {}", start, end));
    const int64_t step = node.slice[2].known ? node.slice[2].value : 1;
    if (step <= 0) return failed(input, "step must be > 0");
    for (int64_t i = start; i < end; i += std::min(step, end - i)) out.items.emplace_back((*value)[i]);
  }
  return out;
}

Evaluator::Found Evaluator::all_of(const Items& input, const Node& node) {
  Found out;
  for (const Node& one : node.nodes) {
    Found found = list(input, one);
    if (found.error) return {input, std::move(found.error)};
    spend(found.items.size());
    out.items.insert(out.items.end(), found.items.begin(), found.items.end());
  }
  return out;
}

Evaluator::Found Evaluator::wildcard(const Items& input) {
  Found out;
  for (const Item& value : input) {
    if (!value) continue;
    spend(value->size());
    Items children = children_of(*value);
    out.items.insert(out.items.end(), children.begin(), children.end());
  }
  return out;
}

// The value, when there is something in it, and all below it.
void Evaluator::descend(const Item& value, Items& out) {
  if (!value || value->empty()) return;
  spend(1 + value->size());
  out.push_back(value);
  if (value->is_string()) return;
  for (const Item& child : children_of(*value)) descend(child, out);
}

Evaluator::Found Evaluator::filter(const Items& input, const Node& node) {
  Found out;
  for (const Item& value : input) {
    if (!value || !value->is_list()) {
      std::string shown = value ? go_text(*value) : "<invalid reflect.Value>";
      return failed(input, shown + " is not array or slice and cannot be filtered");
    }
    for (const Value& item : value->items()) {
      auto pass = passes(item, node);
      if (!pass) return {input, pass.error()};
      if (*pass) out.items.emplace_back(item);
    }
  }
  return out;
}

Result<bool> Evaluator::passes(const Value& value, const Node& node) {
  constexpr std::string_view kMany = "can only compare one element at a time";
  Found left = list({value}, node.nodes[0]);
  if (node.text == "exists") return !left.items.empty();
  if (left.error) return fail(std::move(*left.error));
  if (left.items.empty()) return false;
  if (left.items.size() > 1) return fail(Code::kInvalid, "{}", kMany);
  Found right = list({value}, node.nodes[1]);
  if (right.error) return fail(std::move(*right.error));
  if (right.items.empty()) return false;
  if (right.items.size() > 1) return fail(Code::kInvalid, "{}", kMany);
  return compare(left.items[0].value_or(Value()), node.text, right.items[0].value_or(Value()));
}

namespace {

void append(std::string& out, const Items& items) {
  for (size_t i = 0; i < items.size(); ++i) {
    if (i > 0) out += ' ';
    out += items[i] ? printed_text(*items[i]) : "<no value>";
    gotmpl::check_text_size(out.size());
  }
}

}  // namespace

Result<Template> Template::parse(std::string_view text) {
  TAUT_ASSIGN(Node root, Parser(text, 0).run());
  return Template(std::make_shared<const Node>(std::move(root)));
}

Result<std::string> Template::print(const Value& data, const Options& options) const {
  std::vector<Items> results;
  // null is no value at all to begin with.
  const Item root = data.is_null() ? Item() : Item(data);
  try {
    TAUT_TRY(Evaluator(*root_, options).run(root, results));
    std::string out;
    for (const Items& items : results) append(out, items);
    return out;
  } catch (const gotmpl::LimitPassed& limit) {
    return fail(Code::kLimit, "the limit on the {} was passed", limit.what);
  }
}

}  // namespace taut::jsonpath
