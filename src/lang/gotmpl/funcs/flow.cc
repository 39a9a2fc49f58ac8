// What steers a template: defaults, failures, other templates, the cluster (helm engine.go, sprig defaults.go).
#include "base/strings.hh"
#include "lang/gotmpl/execution.hh"
#include "lang/gotmpl/funcs/failure.hh"
#include "lang/gotmpl/funcs/functions.hh"
#include "lang/gotmpl/funcs/support.hh"

namespace taut::gotmpl::funcs {

namespace {

constexpr uint64_t kWorkOfLookup = 1'000'000;
constexpr uint32_t kMostIncludes = 1000;  // helm's recursionMaxNums

// Helm's name for the root of all templates, which texts given to tpl have too.
constexpr std::string_view kRootName = "gotpl";

constexpr size_t kLongestShown = size_t{256} << 10;  // of a text in an error

}  // namespace

Result<Value> default_value(Call& call) { return call.size() < 2 || is_empty(call[1]) ? call[0] : call[1]; }
Result<Value> empty(Call& call) { return Value::boolean(is_empty(call[0])); }

Result<Value> coalesce(Call& call) {
  for (const Value& value : call.args)
    if (!is_empty(value)) return value;
  return Value::nil();
}

Result<Value> all(Call& call) {
  for (const Value& value : call.args)
    if (is_empty(value)) return Value::boolean(false);
  return Value::boolean(true);
}

Result<Value> any(Call& call) {
  for (const Value& value : call.args)
    if (!is_empty(value)) return Value::boolean(true);
  return Value::boolean(false);
}

Result<Value> ternary(Call& call) { return call[2].as_bool() ? call[0] : call[1]; }

Result<Value> fail_with(Call& call) {
  if (call.run.environment().lint) return Value::text("");
  return go_failure(mark_failure(call.text(0)));
}

// Only nothing and "" are missing: 0 and false pass.
Result<Value> required(Call& call) {
  bool missing = call[1].is_nil() || (call[1].is_string() && call[1].as_text().empty());
  if (!missing) return call[1];
  return fail_with(call);
}

Result<Value> include(Call& call) {
  std::string_view name = call.text(0);
  uint32_t& active = call.run.active(name);
  if (active > kMostIncludes)
    return fail(Code::kLimit, "rendering template has a nested reference name: {}: unable to execute template", name);
  ++active;
  auto out = call.run.include(name, call[1]);
  --call.run.active(name);
  return out;
}

Result<Value> tpl(Call& call) {
  bool parse_failed = false;
  auto out = call.run.run_text(kRootName, call.text(0), call[1], parse_failed);
  if (!out) {
    std::string_view what = parse_failed ? "cannot parse template" : "error during tpl function execution for";
    std::string message = fmt::format("{} {}: {}", what, taut::quote(call.text(0).substr(0, kLongestShown)), out.error().message());
    return Failure(Error(out.error()).with_message(std::move(message)));
  }
  std::string_view text = out->text_or_empty();
  if (!taut::contains(text, "<no value>")) return out;
  return call.heap.text(replace_all(text, "<no value>", ""));
}

// lookup API_VERSION KIND NAMESPACE NAME; offline, and for what is not there, an empty map.
Result<Value> lookup(Call& call) {
  const auto& ask = call.run.environment().lookup;
  if (!ask) return Value(&call.heap.map());
  call.heap.work(kWorkOfLookup);
  TAUT_ASSIGN(taut::Value found, ask(call.text(0), call.text(1), call.text(2), call.text(3)));
  return found.is_null() ? Value(&call.heap.map()) : call.heap.wrap(found, Numbers::kInt64);
}

}  // namespace taut::gotmpl::funcs
