// sprig regex.go. regexMatch takes a bad pattern for no match; the others without "must" panic in Go, with a text of
// their own.
#include "base/strings.hh"
#include "lang/gotmpl/funcs/functions.hh"
#include "lang/gotmpl/funcs/go_regex.hh"
#include "lang/gotmpl/funcs/support.hh"
#include "lang/gotmpl/go_quote.hh"

namespace taut::gotmpl::funcs {

namespace {

// regexp.MustCompile
Result<GoRegex> must_compile(std::string_view pattern) {
  auto regex = GoRegex::compile(pattern);
  if (regex) return regex;
  std::string shown = can_backquote(pattern) ? fmt::format("`{}`", pattern) : taut::quote(pattern);
  return fail(Code::kInvalid, "regexp: Compile({}): {}", shown, regex.error().message());
}

using Compile = Result<GoRegex> (*)(std::string_view pattern);

Result<Value> match(Call& call, Compile compile) {
  TAUT_ASSIGN(GoRegex regex, compile(call.text(0)));
  return Value::boolean(regex.matches(call.text(1), call.heap));
}

Result<Value> find(Call& call, Compile compile) {
  TAUT_ASSIGN(GoRegex regex, compile(call.text(0)));
  return Value::text(regex.find(call.text(1), call.heap));
}

Value strings_or_nil(Heap& heap, const std::vector<std::string_view>& found, bool is_nil) {
  return is_nil ? nil_list(heap, types::kStrings) : strings(heap, found);
}

Result<Value> find_all(Call& call, Compile compile) {
  TAUT_ASSIGN(GoRegex regex, compile(call.text(0)));
  auto found = regex.find_all(call.text(1), call.integer(2), call.heap);
  return strings_or_nil(call.heap, found, found.empty());
}

Result<Value> split_by(Call& call, Compile compile) {
  TAUT_ASSIGN(GoRegex regex, compile(call.text(0)));
  return strings_or_nil(call.heap, regex.split(call.text(1), call.integer(2), call.heap), call.integer(2) == 0);
}

Result<Value> replace_in(Call& call, Compile compile) {
  TAUT_ASSIGN(GoRegex regex, compile(call.text(0)));
  return call.heap.text(regex.replace_all(call.text(1), call.text(2), call.heap));
}

Result<Value> replace_literal(Call& call, Compile compile) {
  TAUT_ASSIGN(GoRegex regex, compile(call.text(0)));
  return call.heap.text(regex.replace_all_literal(call.text(1), call.text(2), call.heap));
}

}  // namespace

Result<Value> regex_match(Call& call) {
  auto regex = GoRegex::compile(call.text(0));
  return Value::boolean(regex && regex->matches(call.text(1), call.heap));
}
Result<Value> must_regex_match(Call& call) { return match(call, GoRegex::compile); }

Result<Value> regex_find(Call& call) { return find(call, must_compile); }
Result<Value> must_regex_find(Call& call) { return find(call, GoRegex::compile); }

Result<Value> regex_find_all(Call& call) { return find_all(call, must_compile); }
Result<Value> must_regex_find_all(Call& call) { return find_all(call, GoRegex::compile); }

Result<Value> regex_replace_all(Call& call) { return replace_in(call, must_compile); }
Result<Value> must_regex_replace_all(Call& call) { return replace_in(call, GoRegex::compile); }

Result<Value> regex_replace_all_literal(Call& call) { return replace_literal(call, must_compile); }
Result<Value> must_regex_replace_all_literal(Call& call) { return replace_literal(call, GoRegex::compile); }

Result<Value> regex_split(Call& call) { return split_by(call, must_compile); }
Result<Value> must_regex_split(Call& call) { return split_by(call, GoRegex::compile); }

Result<Value> regex_quote_meta(Call& call) { return call.heap.text(quote_meta(call.text(0))); }

}  // namespace taut::gotmpl::funcs
