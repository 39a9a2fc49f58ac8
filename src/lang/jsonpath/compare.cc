#include "lang/jsonpath/compare.hh"

#include <algorithm>
#include <iterator>

#include "base/strings.hh"
#include "value/go_text.hh"
#include "value/json.hh"

namespace taut::jsonpath {
namespace {

enum class Basic : uint8_t { kNone, kBool, kInt, kUint, kFloat, kString };

Basic basic_kind(const Value& value) {
  switch (value.kind()) {
    case Kind::kBool: return Basic::kBool;
    case Kind::kInt: return Basic::kInt;
    case Kind::kUint: return Basic::kUint;
    case Kind::kDouble: return Basic::kFloat;
    case Kind::kString: return Basic::kString;
    default: return Basic::kNone;
  }
}

bool is_integer(Basic kind) { return kind == Basic::kInt || kind == Basic::kUint; }

// Whether the two can be compared at all, and by order.
Status check(Basic a, Basic b, bool by_order) {
  if (a == Basic::kNone || b == Basic::kNone) return fail(Code::kInvalid, "invalid type for comparison");
  if (a != b && !(is_integer(a) && is_integer(b))) return fail(Code::kInvalid, "incompatible types for comparison");
  if (by_order && a == Basic::kBool) return fail(Code::kInvalid, "invalid type for comparison");
  return {};
}

}  // namespace

Result<bool> compare(const Value& left, std::string_view sign, const Value& right) {
  constexpr std::string_view kSigns[] = {"==", "!=", "<", ">", "<=", ">="};
  if (std::find(std::begin(kSigns), std::end(kSigns), sign) == std::end(kSigns))
    return fail(Code::kInvalid, "unrecognized filter operator {}", sign);
  const bool equality = sign == "==" || sign == "!=";
  TAUT_TRY(check(basic_kind(left), basic_kind(right), !equality));
  if (sign == "==") return left == right;
  if (sign == "!=") return left != right;
  const bool not_a_number = left != left || right != right;
  const int order = Value::compare(left, right);
  if (sign == "<") return !not_a_number && order < 0;
  if (sign == "<=") return !not_a_number && order <= 0;
  return sign == ">" ? order > 0 : order >= 0;
}

std::string printed_text(const Value& value) {
  if (value.is_null()) return "null";
  if (value.is_list() || value.is_map()) return to_json(value, {.escape_html = true});
  return go_text(value);
}

}  // namespace taut::jsonpath
