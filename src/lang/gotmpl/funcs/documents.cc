// YAML and JSON: helm funcs.go, and what it leaves of sprig defaults.go. What is read has float64 numbers only.
#include <fmt/format.h>

#include "base/strings.hh"
#include "lang/gotmpl/funcs/functions.hh"
#include "lang/gotmpl/funcs/support.hh"
#include "value/go_text.hh"
#include "value/json.hh"
#include "yaml/reader.hh"
#include "yaml/writer.hh"

namespace taut::gotmpl::funcs {

namespace {

// What a JSON or YAML text must hold at its root.
enum class Root { kAny, kMap, kList };

constexpr JsonWriteOptions kEscaped{.escape_html = true};
constexpr JsonWriteOptions kPretty{.escape_html = true, .indent = "  "};
constexpr JsonWriteOptions kRaw{};

// The document as a template value. null is a nil map or list where one is wanted, as in Go.
Result<Value> decoded(Heap& heap, const taut::Value& document, Root root, Numbers numbers) {
  const Type& type = root == Root::kMap ? types::kMap : types::kList;
  bool fits = root == Root::kAny || (root == Root::kMap ? document.is_map() : document.is_list());
  if (fits) return heap.wrap(document, numbers);
  if (document.is_null()) return heap.zero(type);
  return fail(Code::kInvalid, "json: cannot unmarshal {} into Go value of type {}", go_json_kind(document), type.name);
}

// What encoding/json says of a number that no float64 holds; where a map or list is wanted, that comes first.
Error number_error(const Error& error, std::string_view text, Root root) {
  if (!error.message().starts_with("cannot unmarshal number")) return error;
  const std::string_view bare = taut::trim(text);
  const char first = bare.empty() ? '\0' : bare.front();
  if (root == Root::kAny || first == '{' || first == '[') return Error(error).with_message("json: " + error.message());
  const Type& type = root == Root::kMap ? types::kMap : types::kList;
  return Error(error).with_message(fmt::format("json: cannot unmarshal number into Go value of type {}", type.name));
}

// Documents are up to about so many times as large as their texts; the heap keeps them.
constexpr size_t kGrowth = 6, kWorkOfParsing = 10;
void charge_parsing(Call& call) {
  call.heap.charge(call.text(0).size() * kGrowth);
  call.heap.work(call.text(0).size() * kWorkOfParsing);
}

Result<Value> read_json(Call& call, Root root) {
  charge_parsing(call);
  auto document = parse_json(call.text(0), {.only_doubles = true});
  if (!document) return fail(number_error(document.error(), call.text(0), root));
  // All are float64 already.
  return decoded(call.heap, *document, root, Numbers::kInt64);
}

// sigs.k8s.io/yaml.Unmarshal
Result<Value> read_yaml(Call& call, Root root) {
  charge_parsing(call);
  auto document = parse_yaml_document(call.text(0), {.reject_duplicate_keys = false});
  if (!document) return fail(Code::kInvalid, "error converting YAML to JSON: {}", document.error().message());
  // null leaves the empty map or list as it was, other than in JSON.
  if (document->root.is_null()) return root == Root::kMap ? Value(&call.heap.map()) : Value(&call.heap.list());
  auto out = decoded(call.heap, document->root, root, Numbers::kFloat64);
  if (!out) return fail(Code::kInvalid, "error unmarshaling JSON: while decoding JSON: {}", out.error().message());
  return out;
}

// Errors become the entry "Error" of a map, or the one item of a list.
Value tolerant(Heap& heap, const Result<Value>& read, Root root) {
  if (read) return *read;
  Value message = heap.text(read.error().message());
  if (root == Root::kMap) {
    Map& out = heap.map(1);
    out.set("Error", message);
    return Value(&out);
  }
  List& out = heap.list(1);
  out.push(message);
  return Value(&out);
}

Result<Value> write_json(Call& call, const JsonWriteOptions& options) {
  TAUT_ASSIGN(taut::Value document, to_document(call[0]));
  return call.heap.text(taut::to_json(document, options));
}

Result<Value> write_yaml(Call& call) {
  TAUT_ASSIGN(taut::Value document, to_document(call[0]));
  std::string out = taut::to_yaml(document);
  if (out.ends_with('\n')) out.pop_back();
  return call.heap.text(out);
}

Value or_empty(const Result<Value>& written) { return written ? *written : Value::text(""); }

}  // namespace

Result<Value> to_yaml(Call& call) { return or_empty(write_yaml(call)); }
Result<Value> must_to_yaml(Call& call) {
  auto written = write_yaml(call);
  if (!written) return fail(Error(written.error()).with_message("error marshaling into JSON: " + written.error().message()));
  return written;
}

Result<Value> to_yaml_pretty(Call& call) {
  auto document = to_document(call[0]);
  if (!document) return Value::text("");
  std::string out = taut::to_yaml(*document, YamlForm::kGoV3);
  if (out.ends_with('\n')) out.pop_back();
  return call.heap.text(out);
}

Result<Value> from_yaml(Call& call) { return tolerant(call.heap, read_yaml(call, Root::kMap), Root::kMap); }
Result<Value> from_yaml_array(Call& call) { return tolerant(call.heap, read_yaml(call, Root::kList), Root::kList); }

Result<Value> to_json(Call& call) { return or_empty(write_json(call, kEscaped)); }
Result<Value> must_to_json(Call& call) { return write_json(call, kEscaped); }
Result<Value> to_pretty_json(Call& call) { return or_empty(write_json(call, kPretty)); }
Result<Value> must_to_pretty_json(Call& call) { return write_json(call, kPretty); }
Result<Value> to_raw_json(Call& call) { return write_json(call, kRaw); }
Result<Value> must_to_raw_json(Call& call) { return write_json(call, kRaw); }

Result<Value> from_json(Call& call) { return tolerant(call.heap, read_json(call, Root::kMap), Root::kMap); }
Result<Value> from_json_array(Call& call) { return tolerant(call.heap, read_json(call, Root::kList), Root::kList); }
Result<Value> must_from_json(Call& call) { return read_json(call, Root::kAny); }

}  // namespace taut::gotmpl::funcs
