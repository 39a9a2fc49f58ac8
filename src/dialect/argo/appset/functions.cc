#include "dialect/argo/appset/functions.hh"

#include <algorithm>
#include <array>
#include <vector>

#include "dialect/argo/appset/text.hh"
#include "lang/gotmpl/execution.hh"
#include "lang/gotmpl/funcs/table.hh"
#include "lang/gotmpl/heap.hh"
#include "lang/gotmpl/print.hh"
#include "value/go_text.hh"
#include "value/json.hh"
#include "yaml/reader.hh"
#include "yaml/writer.hh"

namespace taut::argo::appset {
namespace {

using gotmpl::Call;
using gotmpl::Function;

Result<gotmpl::Value> normalize(Call& call) { return call.heap.text(normalized_name(call.text(0))); }

Failure no_such_type(const gotmpl::Value& value, std::string_view wanted) {
  return fail(Code::kInvalid, "interface conversion: interface {{}} is {}, not {}", value.is_nil() ? "nil" : gotmpl::type_text(value), wanted);
}

// slugify NAME, slugify LONGEST NAME, slugify LONGEST WHOLE-WORDS NAME: the last is always the name.
Result<gotmpl::Value> slugify(Call& call) {
  size_t longest = 50;
  bool whole_words = true;
  size_t last = call.size() - 1;
  if (call.size() == 0) return call.heap.text("");
  if (call.size() > 1 && call[0].kind() != gotmpl::Kind::kInt) return no_such_type(call[0], "int");
  if (call.size() > 2 && !call[1].is_bool()) return no_such_type(call[1], "bool");
  if (!call[last].is_string()) return no_such_type(call[last], "string");
  if (call.size() > 1) longest = static_cast<size_t>(std::max<int64_t>(0, call[0].as_int()));
  if (call.size() > 2) whole_words = call[1].as_bool();
  return call.heap.text(slug_of(normalized_name(call[last].as_text()), longest, whole_words));
}

Result<gotmpl::Value> to_yaml_text(Call& call) {
  TAUT_ASSIGN(taut::Value document, gotmpl::to_document(call[0]));
  std::string text = to_yaml(document);
  if (text.ends_with('\n')) text.pop_back();
  return call.heap.text(text);
}

Result<taut::Value> from_yaml_text(std::string_view text, bool list) {
  auto document = parse_yaml_document(text, {.reject_duplicate_keys = false});
  if (!document) return fail(Code::kInvalid, "error converting YAML to JSON: {}", document.error().message());
  const taut::Value& root = document->root;
  if (root.is_null()) return list ? taut::Value::list() : taut::Value::map({});
  if (list ? root.is_list() : root.is_map()) return root;
  return fail(Code::kInvalid, "error unmarshaling JSON: while decoding JSON: json: cannot unmarshal {} into Go value of type {}",
              go_json_kind(root), list ? "[]interface {}" : "map[string]interface {}");
}

Result<gotmpl::Value> from_yaml(Call& call) {
  TAUT_ASSIGN(auto document, from_yaml_text(call.text(0), false));
  return call.heap.wrap(document, gotmpl::Numbers::kFloat64);
}

Result<gotmpl::Value> from_yaml_array(Call& call) {
  TAUT_ASSIGN(auto document, from_yaml_text(call.text(0), true));
  return call.heap.wrap(document, gotmpl::Numbers::kFloat64);
}

// Sprig's own, where Helm has others of that name.
Result<gotmpl::Value> from_json(Call& call) {
  auto document = parse_json(call.text(0));
  return document ? call.heap.wrap(*document, gotmpl::Numbers::kFloat64) : gotmpl::Value::nil();
}

Result<gotmpl::Value> fail_with(Call& call) { return fail(Code::kInvalid, "{}", call.text(0)); }

constexpr std::array kFunctions = {
    Function{"fail", "string", fail_with},
    Function{"fromJson", "string", from_json},
    Function{"normalize", "string", normalize},
    Function{"slugify", "...any", slugify},
    Function{"toYaml", "any", to_yaml_text},
    Function{"fromYaml", "string", from_yaml},
    Function{"fromYamlArray", "string", from_yaml_array},
};

// Of Helm's functions those that Sprig has: without what needs a chart or a cluster, and what tells of the machine.
std::vector<Function> sprig_functions() {
  constexpr std::string_view kNotSprig[] = {"include", "tpl", "required", "lookup", "getHostByName", "toToml", "mustToToml", "fromToml",
                                            "toYamlPretty", "mustToYaml", "fromJsonArray"};
  std::vector<Function> out;
  for (const Function& row : gotmpl::helm_function_rows())
    if (std::ranges::find(kNotSprig, row.name) == std::end(kNotSprig)) out.push_back(row);
  return out;
}

}  // namespace

const gotmpl::FunctionTable& functions() {
  static const std::vector<Function> sprig = sprig_functions();
  static const gotmpl::FunctionTable table({sprig, kFunctions});
  return table;
}

}  // namespace taut::argo::appset
