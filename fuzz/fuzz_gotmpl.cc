// Any text as a template: it parses or is refused, runs or fails, and always ends within its limits.
#include <string_view>

#include "lang/gotmpl/execution.hh"
#include "lang/gotmpl/helm_error.hh"

namespace {

using namespace taut::gotmpl;

// As Helm's, which also ends recursion.
taut::Result<Value> include(Call& call) {
  uint32_t& active = call.run.active(call.text(0));
  if (active > 50) return taut::fail(taut::Code::kLimit, "nested reference");
  ++active;
  auto out = call.run.include(call.text(0), call[1]);
  --call.run.active(call.text(0));
  return out;
}

taut::Result<Value> tpl(Call& call) {
  bool parse_failed = false;
  return call.run.run_text("gotpl", call.text(0), call[1], parse_failed);
}

constexpr Function kFunctions[] = {{"include", "string, any", include}, {"tpl", "string, any", tpl}};

taut::Value data() {
  using taut::Value;
  return Value::map({
      {"s", "web"},
      {"n", 3},
      {"f", 2.5},
      {"t", true},
      {"nil", nullptr},
      {"list", Value::list({1, "b", nullptr, Value::map({{"k", "v"}})})},
      {"map", Value::map({{"b", 2}, {"a", "x"}})},
  });
}

void run(const TemplateSet& set, MissingKey missing_key) {
  Heap heap(size_t{16} << 20);
  Environment environment;
  Execution execution(set, heap, environment, missing_key, {.steps = 100'000, .output = size_t{1} << 20});
  Value root = heap.wrap(data(), Numbers::kFloat64);
  auto out = execution.render("t", root);
  if (!out) (void)helm_exec_error(out.error().message());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* bytes, size_t size) {
  static const FunctionTable functions({kFunctions});
  TemplateSet set(functions);
  std::string_view text(reinterpret_cast<const char*>(bytes), size);
  if (taut::Status parsed = set.parse("t", text); !parsed) {
    (void)helm_parse_error("t", parsed.error().message());
    return 0;
  }
  run(set, MissingKey::kZero);
  run(set, MissingKey::kError);
  return 0;
}
