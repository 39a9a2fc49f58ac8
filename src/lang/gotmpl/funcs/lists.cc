// sprig list.go: lists are never changed, each function gives a new one.
#include <algorithm>
#include <cmath>

#include "lang/gotmpl/funcs/functions.hh"
#include "lang/gotmpl/funcs/support.hh"
#include "lang/gotmpl/print.hh"

namespace taut::gotmpl::funcs {

namespace {

Value new_list(Heap& heap, std::span<const Value> items) {
  List& out = heap.list(items.size());
  for (const Value& item : items) out.push(item);
  return Value(&out);
}

// Elements from `start` up to `end`.
Value copied(Heap& heap, const Items& items, size_t start, size_t end) {
  List& out = heap.list(end - start);
  for (size_t i = start; i < end; ++i) out.push(items[i]);
  return Value(&out);
}

constexpr uint64_t kWorkOfComparison = 10;

bool in_list(const List& list, const Value& wanted) {
  list.heap().work(list.size() * kWorkOfComparison);
  for (size_t i = 0; i < list.size(); ++i)
    if (deep_equal(wanted, list.at(i))) return true;
  return false;
}

bool in_span(std::span<const Value> values, const Value& wanted) {
  return std::any_of(values.begin(), values.end(), [&](const Value& value) { return deep_equal(wanted, value); });
}

Value or_nil(const Value& value) { return value.is_valid() ? value : Value::nil(); }

}  // namespace

Result<Value> list(Call& call) {
  return call.size() == 0 ? Value(&call.heap.list()) : new_list(call.heap, call.args);
}

Result<Value> push(Call& call) {
  TAUT_ASSIGN(Items items, Items::of(call[0], "Cannot push on type "));
  List& out = call.heap.list(items.size() + 1);
  for (size_t i = 0; i < items.size(); ++i) out.push(items[i]);
  out.push(call[1]);
  return Value(&out);
}

Result<Value> prepend(Call& call) {
  TAUT_ASSIGN(Items items, Items::of(call[0], "Cannot prepend on type "));
  List& out = call.heap.list(items.size() + 1);
  out.push(call[1]);
  for (size_t i = 0; i < items.size(); ++i) out.push(items[i]);
  return Value(&out);
}

Result<Value> first(Call& call) {
  TAUT_ASSIGN(Items items, Items::of(call[0], "Cannot find first on type "));
  return items.size() == 0 ? Value::nil() : items[0];
}

Result<Value> last(Call& call) {
  TAUT_ASSIGN(Items items, Items::of(call[0], "Cannot find last on type "));
  return items.size() == 0 ? Value::nil() : items[items.size() - 1];
}

Result<Value> rest(Call& call) {
  TAUT_ASSIGN(Items items, Items::of(call[0], "Cannot find rest on type "));
  return items.size() == 0 ? nil_list(call.heap) : copied(call.heap, items, 1, items.size());
}

Result<Value> initial(Call& call) {
  TAUT_ASSIGN(Items items, Items::of(call[0], "Cannot find initial on type "));
  return items.size() == 0 ? nil_list(call.heap) : copied(call.heap, items, 0, items.size() - 1);
}

Result<Value> reverse(Call& call) {
  TAUT_ASSIGN(Items items, Items::of(call[0], "Cannot find reverse on type "));
  List& out = call.heap.list(items.size());
  for (size_t i = items.size(); i-- > 0;) out.push(items[i]);
  return Value(&out);
}

Result<Value> compact(Call& call) {
  TAUT_ASSIGN(Items items, Items::of(call[0], "Cannot compact on type "));
  List& out = call.heap.list();
  for (size_t i = 0; i < items.size(); ++i)
    if (!is_empty(items[i])) out.push(items[i]);
  return Value(&out);
}

Result<Value> uniq(Call& call) {
  TAUT_ASSIGN(Items items, Items::of(call[0], "Cannot find uniq on type "));
  List& out = call.heap.list();
  for (size_t i = 0; i < items.size(); ++i)
    if (!in_list(out, items[i])) out.push(items[i]);
  return Value(&out);
}

Result<Value> without(Call& call) {
  TAUT_ASSIGN(Items items, Items::of(call[0], "Cannot find without on type "));
  List& out = call.heap.list();
  for (size_t i = 0; i < items.size(); ++i)
    if (!in_span(call.args.subspan(1), items[i])) out.push(items[i]);
  call.heap.work(items.size() * call.size() * kWorkOfComparison);
  return Value(&out);
}

Result<Value> has(Call& call) {
  if (call[1].is_nil()) return Value::boolean(false);
  TAUT_ASSIGN(Items items, Items::of(call[1], "Cannot find has on type "));
  Value wanted = or_nil(call[0]);
  call.heap.work(items.size() * kWorkOfComparison);
  for (size_t i = 0; i < items.size(); ++i)
    if (deep_equal(wanted, items[i])) return Value::boolean(true);
  return Value::boolean(false);
}

Result<Value> slice(Call& call) {
  TAUT_ASSIGN(Items items, Items::of(call[0], "list should be type of slice or array but "));
  if (items.size() == 0) return Value::nil();
  auto size = static_cast<int64_t>(items.size());
  int64_t start = call.size() > 1 ? cast_int(call[1]) : 0;
  int64_t end = call.size() > 2 ? cast_int(call[2]) : size;
  if (start < 0 || end < start || end > size) return go_failure("reflect.Value.Slice: slice index out of bounds");
  auto from = static_cast<size_t>(start), to = static_cast<size_t>(end);
  if (!items.value().is_list()) return Value::bytes(items.value().as_text().substr(from, to - from));
  List& out = call.heap.list(items.value().type(), to - from);
  for (size_t i = from; i < to; ++i) out.push(items[i]);
  return Value(&out);
}

Result<Value> concat(Call& call) {
  List& out = call.heap.list();
  for (const Value& value : call.args) {
    TAUT_ASSIGN(Items items, Items::of(value, "Cannot concat type ", " as list"));
    for (size_t i = 0; i < items.size(); ++i) out.push(items[i]);
  }
  return out.empty() ? nil_list(call.heap) : Value(&out);
}

// The arithmetic is Go's, in float64: sizes of 0 and less fail as they do there.
Result<Value> chunk(Call& call) {
  auto size = static_cast<double>(call.integer(0));
  TAUT_ASSIGN(Items items, Items::of(call[1], "Cannot chunk type "));
  auto total = static_cast<double>(items.size());
  double chunks = std::floor((total - 1) / size) + 1;
  double rest = std::fmod(total, size);
  double last_size = rest == 0 ? size : rest;
  if (!(chunks >= 0) || std::isinf(chunks) || (chunks > 0 && !(last_size >= 0)))
    return go_failure("runtime error: makeslice: len out of range");
  List& out = call.heap.list(types::kLists, static_cast<size_t>(chunks));
  for (double i = 0; i < chunks; ++i) {
    auto start = static_cast<size_t>(i * size);
    auto length = static_cast<size_t>(i + 1 == chunks ? last_size : size);
    out.push(copied(call.heap, items, start, start + length));
  }
  return Value(&out);
}

}  // namespace taut::gotmpl::funcs
