// index, slice, len
#include "lang/gotmpl/builtins.hh"

namespace taut::gotmpl {
namespace {

Result<size_t> index_of(const Value& index, size_t length) {
  if (!index.is_valid()) return fail(Code::kInvalid, "cannot index slice/array with nil");
  if (!index.is_signed() && !index.is_unsigned()) {
    const Type& type = index.boxed() ? types::kAny : index.type();
    return fail(Code::kInvalid, "cannot index slice/array with type {}", type.name);
  }
  int64_t number = index.as_int();
  if (number < 0 || static_cast<uint64_t>(number) > length) return fail(Code::kInvalid, "index out of range: {}", number);
  return static_cast<size_t>(number);
}

// The length of what can be indexed by a number.
size_t length_of(const Value& item) { return item.is_list() ? item.list().size() : item.as_text().size(); }

Result<Value> element(const Value& item, const Value& index) {
  size_t length = length_of(item);
  TAUT_ASSIGN(size_t at, index_of(index.is_nil() ? Value() : index.boxed(false), length));
  // Go's index lets the length itself through; the slice then panics.
  if (at == length) {
    std::string_view panic = item.is_string() ? "reflect: string index out of range" : "reflect: slice index out of range";
    return fail(Code::kInvalid, "{}", panic);
  }
  if (item.is_list()) return item.list().at(at).boxed(item.type().element == nullptr);
  return Value::uint8(static_cast<uint8_t>(item.as_text()[at]));
}

Result<Value> entry(Heap& heap, const Value& item, const Value& key) {
  if (key.is_nil()) return fail(Code::kInvalid, "value is nil; should be of type string");
  if (!key.is_string()) return fail(Code::kInvalid, "value has type {}; should be string", key.type().name);
  const Type* element = item.type().element;
  Value found = item.map().get(key.as_text());
  if (!found.is_valid()) return element ? heap.zero(*element) : Value::nil();
  return found.boxed(element == nullptr);
}

Value slice_of(Heap& heap, const Value& item, size_t from, size_t to) {
  if (item.is_string()) return Value::text(item.as_text().substr(from, to - from));
  if (!item.is_list()) return Value::bytes(item.as_text().substr(from, to - from));
  List& out = heap.list(item.type(), to - from);
  for (size_t i = from; i < to; ++i) out.push(item.list().at(i));
  return Value(&out);
}

// The type's name without the pointer that index, slice and len look through.
std::string_view pointed(const Value& item) {
  std::string_view name = item.type().name;
  return name.starts_with('*') ? name.substr(1) : name;
}

}  // namespace

Result<Value> builtin_index(Call& call) {
  Value item = call[0];
  if (item.is_nil()) return fail(Code::kInvalid, "index of untyped nil");
  for (const Value& index : call.args.subspan(1)) {
    Result<Value> found;
    if (item.is_nil()) {
      return fail(Code::kInvalid, "index of nil pointer");
    } else if (item.is_list() || item.is_string() || item.kind() == Kind::kBytes) {
      found = element(item, index);
    } else if (item.is_map()) {
      found = entry(call.heap, item, index);
    } else {
      return fail(Code::kInvalid, "can't index item of type {}", pointed(item));
    }
    if (!found) return found;
    item = *found;
  }
  return item;
}

Result<Value> builtin_slice(Call& call) {
  const Value& item = call[0];
  std::span<const Value> indexes = call.args.subspan(1);
  if (item.is_nil()) return fail(Code::kInvalid, "slice of untyped nil");
  if (indexes.size() > 3) return fail(Code::kInvalid, "too many slice indexes: {}", indexes.size());
  if (item.is_string() && indexes.size() == 3) return fail(Code::kInvalid, "cannot 3-index slice a string");
  if (!item.is_string() && !item.is_list() && item.kind() != Kind::kBytes) {
    return fail(Code::kInvalid, "can't slice item of type {}", pointed(item));
  }
  size_t bounds[3] = {0, length_of(item), length_of(item)};
  for (size_t i = 0; i < indexes.size(); ++i) {
    TAUT_ASSIGN(bounds[i], index_of(indexes[i], length_of(item)));
  }
  for (size_t i = 0; i + 1 < std::max<size_t>(indexes.size(), 2); ++i) {
    if (bounds[i] > bounds[i + 1]) {
      return fail(Code::kInvalid, "invalid slice index: {} > {}", bounds[i], bounds[i + 1]);
    }
  }
  return slice_of(call.heap, item, bounds[0], bounds[1]);
}

Result<Value> builtin_len(Call& call) {
  const Value& item = call[0];
  switch (item.kind()) {
    case Kind::kInvalid: return fail(Code::kInvalid, "reflect: call of reflect.Value.Type on zero Value");
    case Kind::kNil: return fail(Code::kInvalid, "len of nil pointer");
    case Kind::kString:
    case Kind::kBytes:
    case Kind::kList: return Value::integer(static_cast<int64_t>(length_of(item)));
    case Kind::kMap: return Value::integer(static_cast<int64_t>(item.map().size()));
    default: return fail(Code::kInvalid, "len of type {}", pointed(item));
  }
}

}  // namespace taut::gotmpl
