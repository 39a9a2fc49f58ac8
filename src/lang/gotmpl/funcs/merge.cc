// sprig's merge functions: dario.cat/mergo 1.0.1 on maps of interface {}.
//
// Maps are merged into the destination itself; what is taken from a source is shared with it, not copied.
#include "lang/gotmpl/funcs/functions.hh"
#include "lang/gotmpl/funcs/support.hh"

namespace taut::gotmpl::funcs {

namespace {

constexpr int kDeepest = 1000;
constexpr uint64_t kWorkOfKey = 50;

// mergo's isEmptyValue: structs are never empty.
bool is_unset(const Value& value) { return is_empty(value); }

Status merge_maps(Map& to, const Map& from, bool overwrite, int depth);

Status merge_key(Map& to, std::string_view key, const Value& source, bool overwrite, int depth) {
  if (source.is_nil()) {
    if (overwrite) to.set(key, Value::nil());
    return {};
  }
  Value target = to.get(key);
  bool both_maps = source.is_map() && target.is_map();
  if (both_maps) TAUT_TRY(merge_maps(target.map(), source.map(), overwrite, depth - 1));
  bool unset = is_unset(target);
  if (both_maps && !unset) return {};
  if (overwrite || unset) to.set(key, source);
  return {};
}

Status merge_maps(Map& to, const Map& from, bool overwrite, int depth) {
  if (depth == 0) return fail(Code::kLimit, "merge: nested too deeply");
  if (&to == &from) return {};
  to.heap().work((from.size() + 1) * kWorkOfKey);
  bool foreign = &to.type() == &types::kStringMap && &from.type() != &types::kStringMap && !from.empty();
  if (foreign)
    return go_failure("reflect.Value.SetMapIndex: value of type interface {} is not assignable to type string");
  for (size_t i = 0; i < from.size(); ++i) {
    TAUT_TRY(merge_key(to, from.key(i), from.value(i), overwrite, depth));
  }
  return {};
}

Result<Value> merge_all(Call& call, bool overwrite) {
  for (const Value& source : call.args.subspan(1)) {
    TAUT_TRY(merge_maps(call[0].map(), source.map(), overwrite, kDeepest));
  }
  return call[0];
}

}  // namespace

Result<Value> merge(Call& call) { return merge_all(call, false); }
Result<Value> merge_overwrite(Call& call) { return merge_all(call, true); }

}  // namespace taut::gotmpl::funcs
