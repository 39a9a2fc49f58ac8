// sprig reflect.go
#include "lang/gotmpl/funcs/functions.hh"
#include "lang/gotmpl/print.hh"

namespace taut::gotmpl::funcs {

Result<Value> type_of(Call& call) { return Value::text(type_text(call[0])); }
Result<Value> kind_of(Call& call) { return Value::text(kind_text(call[0])); }
Result<Value> type_is(Call& call) { return Value::boolean(call.text(0) == type_text(call[1])); }
Result<Value> kind_is(Call& call) { return Value::boolean(call.text(0) == kind_text(call[1])); }

// Or a pointer to it.
Result<Value> type_is_like(Call& call) {
  std::string_view type = type_text(call[1]);
  if (type == call.text(0)) return Value::boolean(true);
  return Value::boolean(type.starts_with('*') && type.substr(1) == call.text(0));
}

Result<Value> deep_equal_values(Call& call) { return Value::boolean(deep_equal(call[0], call[1])); }

}  // namespace taut::gotmpl::funcs
