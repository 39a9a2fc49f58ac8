#include "kustomize/json_patch.hh"

#include "kustomize/go_json.hh"
#include "value/json.hh"
#include "value/patch.hh"
#include "yaml/reader.hh"
#include "yaml/spelling.hh"

namespace taut::kustomize {
namespace {

// A kind as encoding/json's errors call it.
std::string_view go_json_kind(const Value& value) {
  switch (value.kind()) {
    case Kind::kMap: return "object";
    case Kind::kList: return "array";
    case Kind::kString: return "string";
    case Kind::kBool: return "bool";
    default: return "number";
  }
}

Result<Value> read(std::string_view text) {
  if (text.starts_with('[')) return parse_json(text);
  YamlOptions options;
  options.reject_duplicate_keys = false;
  TAUT_ASSIGN(Document document, parse_yaml_document(text, options));
  return std::move(document.root);
}

}  // namespace

Result<Value> parse_patch6902(std::string_view text) {
  if (text.empty()) return fail(Code::kInvalid, "empty json patch operations");
  TAUT_ASSIGN(Value operations, read(text));
  if (operations.is_null()) return Value::list();
  if (!operations.is_list())
    return fail(Code::kInvalid, "json: cannot unmarshal {} into Go value of type jsonpatch.Patch", go_json_kind(operations));
  for (const Value& operation : operations.items())
    if (!operation.is_map() && !operation.is_null())
      return fail(Code::kInvalid, "json: cannot unmarshal {} into Go value of type jsonpatch.Operation",
                  go_json_kind(operation));
  return operations;
}

Result<Value> apply_patch6902(const Value& target, const Value& operations) {
  Value document = target;
  TAUT_TRY(yaml::settle(document));
  TAUT_ASSIGN(Value patched, apply_json_patch(document, operations));
  through_json(patched);
  return patched;
}

}  // namespace taut::kustomize
