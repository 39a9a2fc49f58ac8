// eq, ne, lt, le, gt, ge
#include "lang/gotmpl/builtins.hh"
#include "lang/gotmpl/print.hh"

namespace taut::gotmpl {
namespace {

enum class Basic : uint8_t { kNone, kBool, kComplex, kSigned, kUnsigned, kFloat, kString };

Basic basic_kind(const Value& value) {
  switch (value.kind()) {
    case Kind::kBool: return Basic::kBool;
    case Kind::kInt:
    case Kind::kInt64: return Basic::kSigned;
    case Kind::kUint8:
    case Kind::kUint64: return Basic::kUnsigned;
    case Kind::kFloat64: return Basic::kFloat;
    case Kind::kComplex128: return Basic::kComplex;
    case Kind::kString: return Basic::kString;
    default: return Basic::kNone;
  }
}

bool is_mixed_integers(Basic a, Basic b) {
  return (a == Basic::kSigned && b == Basic::kUnsigned) || (a == Basic::kUnsigned && b == Basic::kSigned);
}

Failure incompatible(const Value& a, const Value& b) {
  return fail(Code::kInvalid, "incompatible types for comparison: {} and {}", a.type().name, b.type().name);
}

// How Go's %s shows a value.
std::string shown(const Value& value) { return sprintf("%s", {&value, 1}); }

Result<bool> other_equal(const Value& a, const Value& b) {
  bool a_nil = a.is_nil() || (a.is_map() && a.map().is_nil()) || (a.is_list() && a.list().is_nil());
  bool b_nil = b.is_nil() || (b.is_map() && b.map().is_nil()) || (b.is_list() && b.list().is_nil());
  auto kind_of = [](const Value& v) { return v.kind() == Kind::kBytes ? Kind::kList : v.kind(); };
  if (kind_of(a) != kind_of(b) && !a.is_nil() && !b.is_nil()) {
    return fail(Code::kInvalid, "non-comparable types {}: {}, {}: {}", shown(a), a.type().name, b.type().name,
                to_text(b));
  }
  if (a_nil || b_nil) return a_nil == b_nil;
  if (!b.is_struct()) return fail(Code::kInvalid, "non-comparable type {}: {}", shown(b), b.type().name);
  return deep_equal(a, b);
}

Result<bool> equal(const Value& a, const Value& b) {
  Basic x = basic_kind(a), y = basic_kind(b);
  if (is_mixed_integers(x, y)) {
    const Value& with_sign = x == Basic::kSigned ? a : b;
    return with_sign.as_int() >= 0 && a.as_uint() == b.as_uint();
  }
  if (x != y) {
    if (!a.is_nil() && !b.is_nil()) return incompatible(a, b);
    return false;
  }
  switch (x) {
    case Basic::kNone: return other_equal(a, b);
    case Basic::kFloat: return a.as_real() == b.as_real();
    case Basic::kComplex: return a.as_complex() == b.as_complex();
    case Basic::kString: return a.as_text() == b.as_text();
    default: return a.as_uint() == b.as_uint();
  }
}

Result<bool> less(const Value& a, const Value& b) {
  Basic x = basic_kind(a), y = basic_kind(b);
  if (x == Basic::kNone || y == Basic::kNone) return fail(Code::kInvalid, "invalid type for comparison");
  if (is_mixed_integers(x, y)) {
    if (x == Basic::kSigned) return a.as_int() < 0 || a.as_uint() < b.as_uint();
    return b.as_int() >= 0 && a.as_uint() < b.as_uint();
  }
  if (x != y) return incompatible(a, b);
  switch (x) {
    case Basic::kFloat: return a.as_real() < b.as_real();
    case Basic::kSigned: return a.as_int() < b.as_int();
    case Basic::kUnsigned: return a.as_uint() < b.as_uint();
    case Basic::kString: return a.as_text() < b.as_text();
    default: return fail(Code::kInvalid, "invalid type for comparison");
  }
}

Result<bool> less_or_equal(const Value& a, const Value& b) {
  TAUT_ASSIGN(bool is_less, less(a, b));
  if (is_less) return true;
  return equal(a, b);
}

}  // namespace

Result<Value> builtin_eq(Call& call) {
  if (call.size() == 1) return fail(Code::kInvalid, "missing argument for comparison");
  for (const Value& other : call.args.subspan(1)) {
    TAUT_ASSIGN(bool same, equal(call[0], other));
    if (same) return Value::boolean(true);
  }
  return Value::boolean(false);
}

Result<Value> builtin_ne(Call& call) {
  TAUT_ASSIGN(bool same, equal(call[0], call[1]));
  return Value::boolean(!same);
}

Result<Value> builtin_lt(Call& call) {
  TAUT_ASSIGN(bool is_less, less(call[0], call[1]));
  return Value::boolean(is_less);
}

Result<Value> builtin_le(Call& call) {
  TAUT_ASSIGN(bool is_so, less_or_equal(call[0], call[1]));
  return Value::boolean(is_so);
}

Result<Value> builtin_gt(Call& call) {
  TAUT_ASSIGN(bool is_not, less_or_equal(call[0], call[1]));
  return Value::boolean(!is_not);
}

Result<Value> builtin_ge(Call& call) {
  TAUT_ASSIGN(bool is_less, less(call[0], call[1]));
  return Value::boolean(!is_less);
}

}  // namespace taut::gotmpl
