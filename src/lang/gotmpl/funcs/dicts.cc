// sprig dict.go but for merging. What Go gives in random order (keys, values) comes in the order of keys.
#include <algorithm>

#include "lang/gotmpl/funcs/functions.hh"
#include "lang/gotmpl/funcs/support.hh"
#include "lang/gotmpl/print.hh"

namespace taut::gotmpl::funcs {

namespace {

Failure not_convertible(const Value& value, std::string_view wanted) {
  std::string_view type = value.is_nil() ? "nil" : type_text(value);
  return fail(Code::kInvalid, "interface conversion: interface {{}} is {}, not {}", type, wanted);
}

// A type assertion to map[string]interface {}: named types, as that of .Values, fail it.
bool is_plain_map(const Value& value) { return value.is_map() && &value.type() == &types::kMap; }

constexpr int kDeepest = 1000;

Result<Value> copy_deep(Heap& heap, const Value& value, int depth) {
  if (depth == 0) return fail(Code::kLimit, "deepCopy error: nested too deeply");
  if (value.is_list()) {
    const List& list = value.list();
    List& out = heap.list(list.type(), list.size());
    for (size_t i = 0; i < list.size(); ++i) {
      TAUT_ASSIGN(Value item, copy_deep(heap, list.at(i), depth - 1));
      out.push(item);
    }
    return Value(&out);
  }
  if (!value.is_map()) return value;
  const Map& map = value.map();
  Map& out = heap.map(map.type(), map.size());
  for (size_t i = 0; i < map.size(); ++i) {
    TAUT_ASSIGN(Value item, copy_deep(heap, map.value(i), depth - 1));
    out.set(map.key(i), item);
  }
  return value.named() ? out.name_type(map.named_type()) : Value(&out);
}

}  // namespace

// A last key without a value gets "".
Result<Value> dict(Call& call) {
  Map& out = call.heap.map((call.size() + 1) / 2);
  for (size_t i = 0; i < call.size(); i += 2) {
    std::string_view key = text_of(call.heap, call[i]);
    out.set(key, i + 1 < call.size() ? call[i + 1] : Value::text(""));
  }
  return Value(&out);
}

Result<Value> get(Call& call) {
  Value found = call[0].map().get(call.text(1));
  return found.is_valid() ? found : Value::text("");
}

Result<Value> set(Call& call) {
  if (call[0].map().is_nil()) return go_failure("assignment to entry in nil map");
  call[0].map().set(call.text(1), call[2]);
  return call[0];
}

Result<Value> unset(Call& call) {
  call[0].map().erase(call.text(1));
  return call[0];
}

Result<Value> has_key(Call& call) { return Value::boolean(call[0].map().contains(call.text(1))); }

Result<Value> pluck(Call& call) {
  List& out = call.heap.list();
  for (const Value& dict : call.args.subspan(1)) {
    Value found = dict.map().get(call.text(0));
    if (found.is_valid()) out.push(found);
  }
  return Value(&out);
}

Result<Value> keys(Call& call) {
  List& out = call.heap.list(types::kStrings);
  for (const Value& dict : call.args) {
    for (size_t i = 0; i < dict.map().size(); ++i) out.push(Value::text(dict.map().key(i)));
  }
  return Value(&out);
}

Result<Value> values(Call& call) {
  const Map& dict = call[0].map();
  List& out = call.heap.list(dict.size());
  for (size_t i = 0; i < dict.size(); ++i) out.push(dict.value(i));
  return Value(&out);
}

Result<Value> pick(Call& call) {
  Map& out = call.heap.map();
  for (size_t i = 1; i < call.size(); ++i) {
    Value found = call[0].map().get(call.text(i));
    if (found.is_valid()) out.set(call.text(i), found);
  }
  return Value(&out);
}

Result<Value> omit(Call& call) {
  const Map& dict = call[0].map();
  Map& out = call.heap.map(dict.size());
  for (size_t i = 0; i < dict.size(); ++i) {
    bool omitted = std::any_of(call.args.begin() + 1, call.args.end(),
                               [&](const Value& key) { return key.as_text() == dict.key(i); });
    if (!omitted) out.set(dict.key(i), dict.value(i));
  }
  return Value(&out);
}

// dig KEYS... DEFAULT DICT
Result<Value> dig(Call& call) {
  if (call.size() < 3) return go_failure("dig needs at least three arguments");
  Value at = call[call.size() - 1];
  if (!is_plain_map(at)) return not_convertible(at, types::kMap.name);
  size_t count = call.size() - 2;
  for (size_t i = 0; i < count; ++i)
    if (!call[i].is_string()) return not_convertible(call[i], "string");
  for (size_t i = 0; i < count; ++i) {
    if (!is_plain_map(at)) return not_convertible(at, types::kMap.name);
    Value next = at.map().get(call.text(i));
    if (!next.is_valid()) return call[count];
    at = next;
  }
  return at;
}

Result<Value> deep_copy(Call& call) {
  if (call[0].is_nil()) return go_failure("reflect: call of reflect.Value.Type on zero Value");
  return copy_deep(call.heap, call[0], kDeepest);
}

}  // namespace taut::gotmpl::funcs
