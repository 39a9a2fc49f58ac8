#include "lang/gotmpl/heap.hh"

#include <cstdlib>
#include <cstring>
#include <new>

#include <fmt/format.h>

namespace taut::gotmpl {
namespace {

constexpr size_t kFirstChunk = size_t{16} << 10;
constexpr size_t kLargestChunk = size_t{256} << 10;

}  // namespace

Heap::~Heap() {
  for (char* chunk : chunks_) std::free(chunk);
}

void Heap::charge(size_t bytes) {
  if (bytes > limits_.memory - used_) throw LimitPassed{fmt::format("memory ({} MiB)", limits_.memory >> 20)};
  used_ += bytes;
}

void* Heap::take(size_t bytes) {
  bytes = (bytes + 7) & ~size_t{7};
  charge(bytes);
  if (bytes <= static_cast<size_t>(end_ - next_)) {
    void* out = next_;
    next_ += bytes;
    return out;
  }
  chunk_ = chunk_ == 0 ? kFirstChunk : std::min(chunk_ * 2, kLargestChunk);
  size_t size = std::max(bytes, chunk_);
  char* chunk = static_cast<char*>(std::malloc(size));
  if (chunk == nullptr) throw std::bad_alloc();
  chunks_.push_back(chunk);
  // A piece that fills a chunk of its own leaves the current one in use.
  if (bytes > chunk_ / 2) return chunk;
  next_ = chunk + bytes;
  end_ = chunk + size;
  return chunk;
}

std::string_view Heap::copy(std::string_view text) {
  if (text.empty()) return {};
  char* out = static_cast<char*>(take(text.size()));
  std::memcpy(out, text.data(), text.size());
  return {out, text.size()};
}

Value Heap::complex(std::complex<double> number) {
  return Value::complex(new (take(sizeof number)) std::complex<double>(number));
}

List& Heap::list(const Type& type, size_t capacity) {
  List* list = new (take(sizeof(List))) List(*this, type);
  if (capacity != 0) list->own(capacity);
  return *list;
}

Map& Heap::map(const Type& type, size_t capacity) {
  Map* map = new (take(sizeof(Map))) Map(*this, type);
  if (capacity != 0) map->own(capacity);
  return *map;
}

Struct& Heap::object(const Type& type, std::initializer_list<Value> fields, const void* data) {
  Struct* object = new (take(sizeof(Struct))) Struct(*this, type);
  object->fields_ = take_array<Value>(type.fields.size());
  std::uninitialized_fill_n(object->fields_, type.fields.size(), Value::nil());
  std::copy_n(fields.begin(), std::min(fields.size(), type.fields.size()), object->fields_);
  object->data_ = data;
  return *object;
}

Value Heap::time(const Moment& moment) {
  Moment* kept = new (take(sizeof(Moment))) Moment(moment);
  return Value(&object(types::kTime, {}, kept));
}

Value Heap::zero(const Type& type) {
  switch (type.kind) {
    case Kind::kBool: return Value::boolean(false);
    case Kind::kInt: return Value::integer(0);
    case Kind::kInt64: return Value::int64(0);
    case Kind::kUint8: return Value::uint8(0);
    case Kind::kUint64: return Value::uint64(0);
    case Kind::kFloat64: return Value::real(0);
    case Kind::kComplex128: return complex(0);
    case Kind::kString: return Value::text({});
    case Kind::kBytes: return Value::bytes({});
    case Kind::kList: {
      List& out = list(type);
      out.nil_ = true;
      return Value(&out);
    }
    case Kind::kMap: {
      Map& out = map(type);
      out.nil_ = true;
      return Value(&out);
    }
    case Kind::kStruct: return type.pointer ? Value::nil() : Value(&object(type));
    default: return Value::nil();
  }
}

Value Heap::wrap(const taut::Value& document, Numbers numbers) {
  if (document.is_null() || document.is_bool() || document.is_number()) return view(document, numbers);
  return view(keep(std::make_shared<const taut::Value>(document)), numbers);
}

Value Heap::view(const taut::Value& document, Numbers numbers) {
  switch (document.kind()) {
    case taut::Kind::kNull: return Value::nil();
    case taut::Kind::kBool: return Value::boolean(document.as_bool());
    case taut::Kind::kInt:
      if (numbers == Numbers::kFloat64) return Value::real(document.as_double());
      return Value::int64(document.as_int());
    case taut::Kind::kUint:
      if (numbers == Numbers::kFloat64) return Value::real(document.as_double());
      return Value::uint64(document.as_uint());
    case taut::Kind::kDouble: return Value::real(document.as_double());
    case taut::Kind::kString: return Value::text(document.as_string());
    case taut::Kind::kList: {
      List& out = list();
      out.document_ = &document;
      out.size_ = static_cast<uint32_t>(document.size());
      out.numbers_ = numbers;
      return Value(&out);
    }
    case taut::Kind::kMap: {
      Map& out = map();
      out.document_ = &document;
      out.size_ = static_cast<uint32_t>(document.size());
      out.numbers_ = numbers;
      return Value(&out);
    }
  }
  return Value::nil();
}

}  // namespace taut::gotmpl
