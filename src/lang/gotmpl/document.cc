#include <algorithm>
#include <cmath>

#include "base/base64.hh"
#include "base/go_time.hh"
#include "lang/gotmpl/heap.hh"
#include "lang/gotmpl/print.hh"

namespace taut::gotmpl {
namespace {

// Few values may stand for endlessly many, each list holding the one before twice: what a document takes when written,
// its indentation too, is at most so much.
constexpr size_t kMostBytes = size_t{64} << 20;
constexpr size_t kBytesOfValue = 24;

void spend(size_t bytes, size_t& budget) {
  if (bytes > budget) throw LimitPassed{"size of a document (64 MiB)"};
  budget -= bytes;
}

size_t bytes_of(size_t text, int levels_left) {
  return kBytesOfValue + text + 2 * static_cast<size_t>(std::max(1000 - levels_left, 0));
}

// Spends what a document that is shared would take: aliases of YAML can make it large, too.
void spend_document(const taut::Value& document, int depth, size_t& budget) {
  spend(bytes_of(document.is_string() ? document.as_string().size() : 0, depth), budget);
  for (const taut::Value& item : document.items()) spend_document(item, depth - 1, budget);
  for (const taut::Entry& entry : document.entries()) {
    spend(entry.key().size(), budget);
    spend_document(entry.value, depth - 1, budget);
  }
}

Result<taut::Value> document_of(const Value& value, int depth, size_t& budget);

// Numbers that are seen as float64 must become that: large ones lose digits.
template <class Container>
const taut::Value* shared_document(const Container& container) {
  return container.numbers() == Numbers::kInt64 ? container.document() : nullptr;
}

Result<taut::Value> list_document(const List& list, int depth, size_t& budget) {
  if (const taut::Value* shared = shared_document(list)) {
    spend_document(*shared, depth, budget);
    return *shared;
  }
  if (list.is_nil()) return taut::Value();
  taut::Value out = taut::Value::list();
  out.reserve(list.size());
  for (size_t i = 0; i < list.size(); ++i) {
    TAUT_ASSIGN(auto item, document_of(list.at(i), depth, budget));
    out.push_back(std::move(item));
  }
  return out;
}

Result<taut::Value> map_document(const Map& map, int depth, size_t& budget) {
  if (const taut::Value* shared = shared_document(map)) {
    spend_document(*shared, depth, budget);
    return *shared;
  }
  if (map.is_nil()) return taut::Value();
  taut::Value out = taut::Value::map();
  out.reserve(map.size());
  for (size_t i = 0; i < map.size(); ++i) {
    spend(map.key(i).size(), budget);
    TAUT_ASSIGN(auto item, document_of(map.value(i), depth, budget));
    out.append_sorted(map.key(i), std::move(item));
  }
  return out;
}

// In the order of their names, other than in Go.
Result<taut::Value> struct_document(const Value& value, int depth, size_t& budget) {
  const Struct& object = value.object();
  if (&object.type() == &types::kTime) {
    const Moment& moment = object.data<Moment>();
    ZonedTime time{moment.seconds, moment.nanoseconds, moment.offset, std::string(moment.zone)};
    return taut::Value(format_go_time(time, "2006-01-02T15:04:05.999999999Z07:00"));
  }
  if (object.type().marshals_text) return taut::Value(object.type().stringer(value));
  taut::Value out = taut::Value::map();
  const auto names = object.type().json_fields.empty() ? object.type().fields : object.type().json_fields;
  for (size_t i = 0; i < object.size(); ++i) {
    TAUT_ASSIGN(auto item, document_of(object.at(i), depth, budget));
    std::string_view name = names[i];
    if (!name.empty() && !is_hidden_field(name)) out.set(name, std::move(item));
  }
  return out;
}

Result<taut::Value> document_of(const Value& value, int depth, size_t& budget) {
  const bool is_text = value.is_string() || value.kind() == Kind::kBytes;
  spend(bytes_of(is_text ? value.as_text().size() : 0, depth), budget);
  if (depth == 0) return fail(Code::kLimit, "json: unsupported value: encountered a cycle via {}", value.type().name);
  switch (value.kind()) {
    case Kind::kInvalid:
    case Kind::kNil: return taut::Value();
    case Kind::kBool: return taut::Value(value.as_bool());
    case Kind::kInt:
    case Kind::kInt64: return taut::Value(value.as_int());
    case Kind::kUint8:
    case Kind::kUint64: return taut::Value(value.as_uint());
    case Kind::kFloat64:
      if (!std::isfinite(value.as_real())) return fail(Code::kInvalid, "json: unsupported value: {}", to_text(value));
      return taut::Value(value.as_real());
    case Kind::kComplex128: return fail(Code::kInvalid, "json: unsupported type: complex128");
    case Kind::kString: return taut::Value(value.as_text());
    case Kind::kBytes: return taut::Value(base64_encode(value.as_text()));
    case Kind::kList: return list_document(value.list(), depth - 1, budget);
    case Kind::kMap: return map_document(value.map(), depth - 1, budget);
    case Kind::kStruct: return struct_document(value, depth - 1, budget);
  }
  return taut::Value();
}

}  // namespace

Result<taut::Value> to_document(const Value& value, int depth) {
  size_t budget = kMostBytes;
  return document_of(value, depth, budget);
}

}  // namespace taut::gotmpl
