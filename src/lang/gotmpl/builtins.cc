#include "lang/gotmpl/builtins.hh"

#include "lang/gotmpl/print.hh"

namespace taut::gotmpl {
namespace {

// The evaluator never runs these; they have rows so that parsers know them.
Result<Value> by_evaluator(Call&) { return fail(Code::kInternal, "is not called as a function"); }

Result<Value> builtin_not(Call& call) { return Value::boolean(!truth(call[0])); }

// Templates have no functions as values: there is nothing that can be called.
Result<Value> builtin_call(Call& call) {
  if (call[1].is_nil()) return fail(Code::kInvalid, "call of nil");
  return fail(Code::kInvalid, "non-function {} of type {}", call.text(0), call[1].type().name);
}

Result<Value> builtin_print(Call& call) { return call.heap.text(sprint(call.args)); }
Result<Value> builtin_println(Call& call) { return call.heap.text(sprintln(call.args)); }
Result<Value> builtin_printf(Call& call) { return call.heap.text(sprintf(call.text(0), call.args.subspan(1))); }

constexpr Function kBuiltins[] = {
    {"and", "value, ...value", by_evaluator},
    {"or", "value, ...value", by_evaluator},
    {"not", "value", builtin_not},
    {"call", "value, ...value", builtin_call},
    {"eq", "value, ...value", builtin_eq},
    {"ne", "value, value", builtin_ne},
    {"lt", "value, value", builtin_lt},
    {"le", "value, value", builtin_le},
    {"gt", "value, value", builtin_gt},
    {"ge", "value, value", builtin_ge},
    {"len", "value", builtin_len},
    {"index", "value, ...value", builtin_index},
    {"slice", "value, ...value", builtin_slice},
    {"print", "...any", builtin_print},
    {"printf", "string, ...any", builtin_printf},
    {"println", "...any", builtin_println},
    {"html", "...any", builtin_html},
    {"js", "...any", builtin_js},
    {"urlquery", "...any", builtin_urlquery},
};

}  // namespace

std::span<const Function> builtins() { return kBuiltins; }

}  // namespace taut::gotmpl
