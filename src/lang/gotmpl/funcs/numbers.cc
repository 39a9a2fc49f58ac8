// sprig numeric.go: integers. Every argument of add, mul and their like becomes an int64 first.
#include <algorithm>

#include "base/go_number.hh"
#include "lang/gotmpl/funcs/functions.hh"
#include "lang/gotmpl/funcs/support.hh"
#include "lang/gotmpl/print.hh"

namespace taut::gotmpl::funcs {

namespace {

// Go's integers wrap around.
int64_t wrapped_add(int64_t a, int64_t b) { return static_cast<int64_t>(static_cast<uint64_t>(a) + static_cast<uint64_t>(b)); }
int64_t wrapped_sub(int64_t a, int64_t b) { return static_cast<int64_t>(static_cast<uint64_t>(a) - static_cast<uint64_t>(b)); }
int64_t wrapped_mul(int64_t a, int64_t b) { return static_cast<int64_t>(static_cast<uint64_t>(a) * static_cast<uint64_t>(b)); }

// All arguments, the first as the start.
template <class Op>
Value fold(const Call& call, Op op) {
  int64_t out = cast_int(call[0]);
  for (size_t i = 1; i < call.size(); ++i) out = op(out, cast_int(call[i]));
  return Value::int64(out);
}

Result<Value> divided(const Call& call, bool remainder) {
  int64_t a = cast_int(call[0]), b = cast_int(call[1]);
  if (b == 0) return go_failure("runtime error: integer divide by zero");
  if (b == -1) return Value::int64(remainder ? 0 : wrapped_sub(0, a));
  return Value::int64(remainder ? a % b : a / b);
}

// sprig's untilStep: none when the step leads away from the end.
template <class Each>
void count_up(int64_t start, int64_t stop, int64_t step, Each each) {
  if (stop < start ? step >= 0 : step <= 0) return;
  for (int64_t i = start; stop < start ? i > stop : i < stop;) {
    each(i);
    if (__builtin_add_overflow(i, step, &i)) return;
  }
}

Value counted(Heap& heap, int64_t start, int64_t stop, int64_t step) {
  List& out = heap.list(types::kInts);
  count_up(start, stop, step, [&](int64_t i) { out.push(Value::integer(i)); });
  return Value(&out);
}

}  // namespace

Result<Value> atoi(Call& call) { return Value::integer(parse_go_int(call.text(0), 10).value); }
Result<Value> to_int(Call& call) { return Value::integer(cast_int(call[0])); }
Result<Value> to_int64(Call& call) { return Value::int64(cast_int(call[0])); }
Result<Value> to_float64(Call& call) { return Value::real(cast_float(call[0])); }
Result<Value> to_decimal(Call& call) {
  return Value::int64(parse_go_int(sprint(call.args), 8).value_or_zero());
}

Result<Value> add1(Call& call) { return Value::int64(wrapped_add(cast_int(call[0]), 1)); }
Result<Value> add(Call& call) {
  return call.size() == 0 ? Value::int64(0) : fold(call, wrapped_add);
}
Result<Value> sub(Call& call) { return fold(call, wrapped_sub); }
Result<Value> mul(Call& call) { return fold(call, wrapped_mul); }
Result<Value> div(Call& call) { return divided(call, false); }
Result<Value> mod(Call& call) { return divided(call, true); }
Result<Value> max(Call& call) {
  return fold(call, [](int64_t a, int64_t b) { return std::max(a, b); });
}
Result<Value> min(Call& call) {
  return fold(call, [](int64_t a, int64_t b) { return std::min(a, b); });
}

Result<Value> until(Call& call) { return counted(call.heap, 0, call.integer(0), call.integer(0) < 0 ? -1 : 1); }
Result<Value> until_step(Call& call) {
  return counted(call.heap, call.integer(0), call.integer(1), call.integer(2));
}

// "1 2 3"; the end is part of it. With three arguments the second is the step.
Result<Value> seq(Call& call) {
  if (call.size() == 0 || call.size() > 3) return Value::text("");
  int64_t start = call.size() == 1 ? 1 : call.integer(0);
  int64_t end = call.integer(call.size() - 1);
  int64_t direction = end < start ? -1 : 1;
  int64_t step = call.size() == 3 ? call.integer(1) : direction;
  if (call.size() == 3 && direction < 0 && step > 0) return Value::text("");
  std::string out;
  count_up(start, wrapped_add(end, direction), step, [&](int64_t i) {
    if (!out.empty()) out += ' ';
    out += fmt::format_int(i).c_str();
    check_text_size(out.size());
  });
  return call.heap.text(out);
}

}  // namespace taut::gotmpl::funcs
