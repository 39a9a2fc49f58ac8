#include "lang/gotmpl/funcs/support.hh"

#include <cmath>

#include "base/go_number.hh"
#include "lang/gotmpl/print.hh"

namespace taut::gotmpl::funcs {

std::string_view text_of(Heap& heap, const Value& value) {
  if (value.is_string() || value.kind() == Kind::kBytes) return value.as_text();
  return heap.copy(to_text(value));
}

bool is_empty(const Value& value) { return !truth(value); }

namespace {

// cast's trimZeroDecimal: "1.00" is "1", "1.50" stays.
std::string_view without_zero_decimals(std::string_view text) {
  size_t last = text.find_last_not_of('0');
  bool zeros = last != std::string_view::npos && last + 1 < text.size();
  return zeros && text[last] == '.' ? text.substr(0, last) : text;
}

// As amd64 converts: what does not fit is the smallest int64.
int64_t truncated(double number) {
  constexpr double kLimit = 9'223'372'036'854'775'808.0;
  return number >= -kLimit && number < kLimit ? static_cast<int64_t>(number) : INT64_MIN;
}

}  // namespace

int64_t cast_int(const Value& value) {
  switch (value.kind()) {
    case Kind::kBool: return value.as_bool() ? 1 : 0;
    case Kind::kInt:
    case Kind::kInt64:
    case Kind::kUint8:
    case Kind::kUint64: return value.as_int();
    case Kind::kFloat64: return truncated(value.as_real());
    case Kind::kString: return parse_go_int(without_zero_decimals(value.as_text()), 0).value_or_zero();
    default: return 0;
  }
}

double cast_float(const Value& value) {
  switch (value.kind()) {
    case Kind::kBool: return value.as_bool() ? 1 : 0;
    case Kind::kInt:
    case Kind::kInt64: return static_cast<double>(value.as_int());
    case Kind::kUint8:
    case Kind::kUint64: return static_cast<double>(value.as_uint());
    case Kind::kFloat64: return value.as_real();
    case Kind::kString: return parse_go_float(value.as_text()).value_or_zero();
    default: return 0;
  }
}

Result<Items> Items::of(const Value& value, std::string_view before, std::string_view after) {
  if (value.is_list() || value.kind() == Kind::kBytes) return Items(value);
  if (value.is_nil()) return go_failure("runtime error: invalid memory address or nil pointer dereference");
  return fail(Code::kInvalid, "{}{}{}", before, kind_text(value), after);
}

List& texts_of(Heap& heap, const Value& value) {
  if (value.is_list() && &value.type() == &types::kStrings) return value.list();
  List& out = heap.list(types::kStrings);
  if (auto items = Items::of(value, "")) {
    for (size_t i = 0; i < items->size(); ++i) {
      Value item = (*items)[i];
      if (!item.is_nil()) out.push(Value::text(text_of(heap, item)));
    }
  } else if (!value.is_nil()) {
    out.push(Value::text(text_of(heap, value)));
  }
  return out;
}

Failure bounds_fault(std::string_view range) {
  return fail(Code::kInvalid, "runtime error: slice bounds out of range {}", range);
}

}  // namespace taut::gotmpl::funcs
