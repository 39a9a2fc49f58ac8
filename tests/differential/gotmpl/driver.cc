// What taut makes of templates, in the form that oracle/main.go has for Go's.
#include "lang/gotmpl/execution.hh"
#include "tests/differential/driver.hh"

namespace {

using namespace taut::gotmpl;
using taut::Result;

Result<Value> list_of(const Type& type, Call& call) {
  List& out = call.heap.list(type);
  for (const Value& item : call.args) out.push(item);
  return Value(&out);
}

Result<Value> strs(Call& call) { return list_of(types::kStrings, call); }
Result<Value> ints(Call& call) { return list_of(types::kInts, call); }
Result<Value> list(Call& call) { return list_of(types::kList, call); }
Result<Value> bytes(Call& call) { return Value::bytes(call.text(0)); }
Result<Value> i64(Call& call) { return call[0]; }
Result<Value> u8(Call& call) { return Value::uint8(static_cast<uint8_t>(call.integer(0))); }
Result<Value> none(Call&) { return Value::nil(); }
Result<Value> take(Call& call) { return call[0]; }
Result<Value> takem(Call& call) { return Value::integer(static_cast<int64_t>(call[0].map().size())); }
Result<Value> takel(Call& call) { return Value::integer(static_cast<int64_t>(call[0].list().size())); }
Result<Value> smap(Call& call) {
  Map& out = call.heap.map(types::kStringMap);
  out.set(call.text(0), call[1]);
  return Value(&out);
}

constexpr Function kFunctions[] = {
    {"strs", "...string", strs},   {"ints", "...int", ints},      {"list", "...any", list},
    {"bytes", "string", bytes},    {"i64", "int64", i64},         {"u8", "int", u8},
    {"smap", "string, string", smap}, {"none", "", none},         {"take", "string, int, ...bool", take},
    {"takem", "map[string]any", takem}, {"takel", "[]any", takel}, {"takef", "float64", i64},
};

Result<std::string> run(const taut::Value& request) {
  static const FunctionTable functions({kFunctions});
  TemplateSet set(functions);
  TAUT_TRY(set.parse("t", request["template"].as_string()));
  Heap heap;
  Environment environment;
  std::string_view missing = request["missing"].as_string();
  MissingKey missing_key = missing == "zero"    ? MissingKey::kZero
                           : missing == "error" ? MissingKey::kError
                                                : MissingKey::kDefault;
  Execution execution(set, heap, environment, missing_key);
  Value data = heap.wrap(request["data"], Numbers::kFloat64);
  return execution.render("t", data.is_nil() ? Value() : data);
}

}  // namespace

int main() { return taut::differential::answer_all(run); }
